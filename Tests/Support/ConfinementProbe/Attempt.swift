// SPDX-License-Identifier: Apache-2.0
import Glibc

/// One thing that a confined process must not be able to do.
struct Attempt {
    let name: String
    let argument: String

    /// - Returns: errno(3), or 0 when it could be done.
    func run() -> Int32 {
        errno = 0
        switch name {
        case "open": return told(open(argument, O_RDONLY))
        case "create": return told(open(argument, O_WRONLY | O_CREAT, 0o600))
        case "unlink": return told(unlink(argument))
        case "chmod": return told(chmod(argument, 0o777))
        case "mkdir": return told(mkdir(argument, 0o777))
        case "readlink":
            var target: CChar = 0
            return told(Int32(clamping: readlink(argument, &target, 1)))
        case "socket": return told(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        case "unix-socket": return told(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
        case "connect": return connected()
        case "fork": return forked()
        case "exec": return executed([argument, "whoami"])
        case "kill": return told(kill(Int32(argument) ?? 0, 0))
        case "hostname": return renamed()
        case "executable-memory":
            return mmap(nil, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0
        case "make-executable": return madeExecutable()
        case "memory": return malloc(400 << 20) == nil ? errno : 0
        case "read-elsewhere":
            var byte: UInt8 = 0
            return told(Int32(read(2, &byte, 1)))
        case "write-elsewhere": return told(Int32(write(2, "x", 1)))
        case "duplicate": return told(dup(0))
        case "numbered": return numbered()
        default: return 64
        }
    }

    private func told(_ result: Int32) -> Int32 { result < 0 ? errno : 0 }

    private func connected() -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(argument) ?? 0).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                told(connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)))
            }
        }
    }

    /// clone(2) by posix_spawn(3): Swift does not let fork(2) be called.
    private func forked() -> Int32 {
        var process: pid_t = 0
        var none: [UnsafeMutablePointer<CChar>?] = [nil]
        let code = posix_spawn(&process, "/nowhere", nil, nil, &none, &none)
        // It is the child that finds no program.
        return code == ENOENT ? 0 : code
    }

    private func executed(_ argv: [String]) -> Int32 {
        var pointers: [UnsafeMutablePointer<CChar>?] = argv.map { strdup($0) } + [nil]
        execv(argv[0], &pointers)
        return errno
    }

    private func renamed() -> Int32 {
        var name = [CChar](repeating: 0, count: 65)
        guard gethostname(&name, 64) == 0 else { return errno }
        return told(sethostname(name, strlen(name)))
    }

    private func madeExecutable() -> Int32 {
        let page = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return told(mprotect(page, 4096, PROT_READ | PROT_EXEC))
    }

    /// A system call by its number, with arguments that do no harm.
    private func numbered() -> Int32 { bareCall(Int(argument) ?? 0) }

    private func bareCall(_ number: Int) -> Int32 {
        typealias Call = @convention(c) (Int, Int, Int, Int, Int, Int, Int) -> Int
        guard let symbol = dlsym(nil, "syscall") else { return ENOSYS }
        return Int32(clamping: unsafeBitCast(symbol, to: Call.self)(number, -1, 0, 0, 0, 0, 0)) < 0 ? errno : 0
    }
}
