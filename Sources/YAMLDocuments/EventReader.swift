// SPDX-License-Identifier: Apache-2.0
import CYAML

/// A text as libyaml's events (yaml.h), each copied out of C with its place. Events are only read, never composed by
/// libyaml: so an alias stands for nothing, and a text costs what its length says.
final class EventReader {
    struct Event {
        enum Kind {
            case documentStart
            case documentEnd
            case streamEnd
            case alias
            /// - Parameter tag: nil where the text gives none, or only `!`.
            case scalar(text: String, plain: Bool, tag: String?)
            case sequenceStart(tag: String?)
            case sequenceEnd
            case mappingStart(tag: String?)
            case mappingEnd
        }

        let kind: Kind
        let place: Place
        let end: Place
        let hasAnchor: Bool
    }

    private let file: String
    /// libyaml keeps a pointer into the text for as long as it reads.
    private let text: UnsafeMutableBufferPointer<UInt8>
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    /// - Parameter text: well-formed UTF-8 without a byte order mark.
    init(_ text: ArraySlice<UInt8>, file: String) throws(YAMLError) {
        self.file = file
        self.text = .allocate(capacity: max(1, text.count))
        _ = self.text.initialize(from: text)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else { throw .syntax(start, problem: "out of memory") }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, self.text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        text.deallocate()
    }

    private var start: Place { Place(file: file, line: 1, column: 1) }

    /// The next one; the start of the stream is passed over.
    func next() throws(YAMLError) -> Event {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw fault() }
            defer { yaml_event_delete(&event) }
            if let found = copied(event) { return found }
        }
    }

    private func copied(_ event: yaml_event_t) -> Event? {
        func found(_ kind: Event.Kind, anchor: UnsafeMutablePointer<yaml_char_t>? = nil) -> Event {
            Event(
                kind: kind, place: place(event.start_mark), end: place(event.end_mark), hasAnchor: anchor != nil)
        }
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return found(.documentStart)
        case YAML_DOCUMENT_END_EVENT: return found(.documentEnd)
        case YAML_STREAM_END_EVENT: return found(.streamEnd)
        case YAML_ALIAS_EVENT: return found(.alias)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return found(
                .scalar(
                    text: String(decoding: bytes, as: UTF8.self), plain: scalar.style == YAML_PLAIN_SCALAR_STYLE,
                    tag: string(scalar.tag)),
                anchor: scalar.anchor)
        case YAML_SEQUENCE_START_EVENT:
            let sequence = event.data.sequence_start
            return found(.sequenceStart(tag: string(sequence.tag)), anchor: sequence.anchor)
        case YAML_SEQUENCE_END_EVENT: return found(.sequenceEnd)
        case YAML_MAPPING_START_EVENT:
            let mapping = event.data.mapping_start
            return found(.mappingStart(tag: string(mapping.tag)), anchor: mapping.anchor)
        case YAML_MAPPING_END_EVENT: return found(.mappingEnd)
        default: return nil
        }
    }

    private func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        guard let text else { return nil }
        let found = String(cString: text)
        return found == "!" ? nil : found
    }

    /// Marks count from 0.
    private func place(_ mark: yaml_mark_t) -> Place { Place(file: file, line: mark.line + 1, column: mark.column + 1) }

    private func fault() -> YAMLError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "out of memory"
        switch parser.pointee.error {
        case YAML_READER_ERROR: return .syntax(place(atOffset: parser.pointee.problem_offset), problem: problem)
        case YAML_SCANNER_ERROR, YAML_PARSER_ERROR:
            let words = [parser.pointee.context.map { String(cString: $0) }, problem].compactMap { $0 }
            return .syntax(place(parser.pointee.problem_mark), problem: words.joined(separator: " "))
        default: return .syntax(start, problem: problem)
        }
    }

    /// Its reader tells bytes only.
    private func place(atOffset offset: Int) -> Place {
        let before = text.prefix(offset)
        let line = before.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).last ?? before
        let column = String(decoding: line, as: UTF8.self).unicodeScalars.count
        return Place(file: file, line: before.count { $0 == UInt8(ascii: "\n") } + 1, column: column + 1)
    }
}
