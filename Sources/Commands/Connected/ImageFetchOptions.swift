// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import Bundler
import HostSystem
import PackStorage
import Registries

/// How `create` and `pin` get the images that a spec names by reference.
struct ImageFetchOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Keep fetched images and, in `create`, packs here for the next time; images by default in ~/.cache/bundle.",
            valueName: "directory"),
        completion: .directory)
    var cache: String?
    @OptionGroup var registry: RegistryOptions

    private static var store: LocalStore {
        LocalStore(runner: SystemCommandRunner()) { RegistryOptions.environment($0) }
    }

    private func directory() throws -> HostPath {
        if let cache { return HostPath(cache) / "images" }
        if let set = RegistryOptions.environment("XDG_CACHE_HOME"), set.hasPrefix("/") {
            return HostPath(set) / "bundle/images"
        }
        guard let home = RegistryOptions.environment("HOME"), home.hasPrefix("/") else {
            throw ImageFetchError.noCacheDirectory
        }
        return HostPath(home) / ".cache/bundle/images"
    }

    /// - Throws: `RegistryError`, `ImageFetchError`, `SystemCallError`.
    func fetching() throws -> ImageFetching {
        let access = try registry.access(usual: true)
        let cache = try ImageCache(try directory())
        return { reference, digest, arch, progress in
            guard reference.store == .registry else {
                return .saved(try await ImageFetchOptions.store.save(reference, digest, in: cache), reference)
            }
            let client = RegistryClient(reference.host, access)
            _ = try await ImageFetcher(client, cache, progress: progress).fetch(reference, digest, arch)
            return .cached(cache.directory, reference)
        }
    }

    /// Where packs are kept; nil when the user named no place.
    ///
    /// - Throws: `PackError.cacheOpenToOthers`, `SystemCallError`.
    func packs() throws -> PackCache? {
        try cache.map { try PackCache(HostPath($0) / "packs", program: BundleTool.version.description) }
    }

    /// What a reference is now, for `bundle pin`.
    func resolving() throws -> PinSearch.Resolving {
        let access = try registry.access(usual: true)
        return { reference in
            guard reference.store == .registry else {
                return try await ImageFetchOptions.store.id(reference)
            }
            return try await ImageFetcher.resolve(reference, RegistryClient(reference.host, access))
        }
    }
}

enum ImageFetchError: Error, Equatable {
    case noCacheDirectory
}

extension ImageFetchError: Explained {
    var explanation: Explanation {
        switch self {
        case .noCacheDirectory:
            Explanation(
                "there is no home to keep fetched images in", hint: "name a directory with --cache", status: .usage)
        }
    }
}
