// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// How a verb answers.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Answer with one JSON document on stdout.") var json = false

    var console: Console { Console(json: json) }
}
