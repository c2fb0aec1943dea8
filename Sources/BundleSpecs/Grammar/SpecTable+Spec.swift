// SPDX-License-Identifier: Apache-2.0

/// The whole grammar of `bundle.yaml`, version 1. Mappings whose keys are names of the author's (`env`, `roles`, …) have no
/// table.
extension SpecTable {
    package static let spec = [
        root, requires, host, binary, file, image, values, secret, config, service, dependency, port, health, healthTLS,
        stop, limits, sandbox, network, job, cutover, docs, kubernetes,
    ]

    static let root = SpecTable(
        "",
        "spec! name! summary arch! requires binaries files images values secrets config services! cutover docs roles networks jobs",
        later: "include kubernetes packages")
    static let requires = SpecTable("requires", "bundle upgrade-from host")
    static let host = SpecTable("requires.host", "systemd kernel commands units memory")
    static let binary = SpecTable("binaries[]", "from! as")
    static let file = SpecTable("files[]", "from! to")
    static let image = SpecTable("images.*", "archive ref tag digest")
    static let values = SpecTable("values", "defaults schema")
    static let secret = SpecTable("secrets.*", "required about certificate-for names warn", later: "generate")
    static let config = SpecTable("config.*", "template! check sensitive")
    static let service = SpecTable(
        "services.*",
        "run image args user read-only after config env secrets ports health state shared strategy hold drain stop limits "
            + "sandbox unit roles when", later: "instances network")
    static let dependency = SpecTable("services.*.after[]", "unit!")
    static let port = SpecTable("services.*.ports.*", "port container expose protocol bind")
    static let health = SpecTable(
        "services.*.health[]",
        "http tcp exec notify alive grpc sse websocket metrics log path status body host tls service send expect sample "
            + "at-most at-least per against within deadline passes interval")
    static let healthTLS = SpecTable("services.*.health[].tls", "ca!")
    static let stop = SpecTable("services.*.stop", "signal timeout")
    static let limits = SpecTable("services.*.limits", "memory cpu files")
    static let sandbox = SpecTable("services.*.sandbox", "profile allow")
    static let network = SpecTable("services.*.network", "allow!")
    static let job = SpecTable(
        "jobs.*", "like run image args after config env secrets limits sandbox roles at once data timeout",
        later: "schedule")
    static let cutover = SpecTable("cutover", "health-timeout bake drain", later: "promote")
    static let docs = SpecTable("docs", "upgrade changelog more")
    static let kubernetes = SpecTable("kubernetes", "kustomize helm namespace")

    /// `/etc/NAME/host.yaml`.
    package static let site = SpecTable("", "ports state values keep address overcommit roles networks traffic runtime")

    /// `/etc/bundle/policy.yaml`.
    package static let policy = SpecTable(
        "", "products signatures approvals receipts bestBefore clock downgrade")
    package static let policyReceipts = SpecTable("receipts", "hosts from")
}
