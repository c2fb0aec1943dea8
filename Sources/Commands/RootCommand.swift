// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat

struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Carry a software release across an air gap.",
        discussion: "Exit status: 0 done, 1 failed, nothing changed, 3 refused by trust, 4 failed and rolled back, "
            + "5 an operator is needed, 10 no such release, 11 locked, 12 drift, 64 usage, 65 damaged bundle, 78 spec or values wrong.",
        version: BundleTool.version.description,
        groupedSubcommands: [
            // One line a verb, in the order of docs/cli.md.
            CommandGroup(
                name: "Connected side:",
                subcommands: [
                    InitCommand.self,
                    LintCommand.self,
                    PinCommand.self,
                    CreateCommand.self,
                    CopyCommand.self,
                    ValuesCommand.self,
                    RenderCommand.self,
                ]),
            CommandGroup(
                name: "Either side:",
                subcommands: [
                    SignCommand.self, ApproveCommand.self,
                    VerifyCommand.self,
                    InspectCommand.self,
                    DiffCommand.self,
                    DocsCommand.self,
                    ExtractCommand.self,
                    SBOMCommand.self,
                    KeyCommand.self,
                    TrustCommand.self,
                    ReceiptsCommand.self,
                ]),
            CommandGroup(
                name: "Isolated host:",
                subcommands: [
                    StageCommand.self,
                    PlanCommand.self,
                    InstallCommand.self,
                    RehearseCommand.self,
                    PreviewCommand.self,
                    CanaryCommand.self,
                    PromoteCommand.self,
                    AbortCommand.self,
                    StatusCommand.self,
                    HistoryCommand.self,
                    AuditCommand.self,
                    InventoryCommand.self,
                    ReconfigureCommand.self,
                    RollbackCommand.self,
                    RecoverCommand.self,
                    MirrorCommand.self,
                    PruneCommand.self,
                    RemoveCommand.self,
                    SteerCommand.self,
                    ContainerCommand.self,
                    ForwardCommand.self,
                    SecretCommand.self,
                ]),
        ]
    )
}
