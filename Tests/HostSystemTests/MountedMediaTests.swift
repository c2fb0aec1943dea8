// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HostSystem

struct MountedMediaTests {
    @Test func whatIsMountedWhereMediaAre() {
        let text = """
            21 1 8:1 / / rw - ext4 /dev/sda1 rw
            36 21 8:17 / /media/ann/STICK\\0401 ro,nosuid shared:9 - vfat /dev/sdb1 ro
            37 21 8:17 / /media/ann/STICK\\0401 ro - vfat /dev/sdb1 ro
            38 21 8:33 / /mnt rw - ext4 /dev/sdc1 rw
            39 21 8:34 / /run/media/ann/b rw - ext4 /dev/sdc2 rw
            40 21 8:35 / /mediator rw - ext4 /dev/sdd rw
            41 21
            """
        #expect(MountedMedia.places(mountInfo: text) == ["/media/ann/STICK 1", "/mnt", "/run/media/ann/b"])
    }
}
