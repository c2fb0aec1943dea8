import Commands
import ArgumentParser

@main
struct BundleTool {
    static func main() async {
    }
}
