// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOCore
import NIOPosix

/// How the two ends of a forwarded connection are made.
enum ForwarderBootstraps {
    /// The kernel sends a SYN again that a hold drops.
    private static let connectTimeout = TimeAmount.seconds(130)

    /// Accepts nothing until it is told to.
    static func server(
        _ group: MultiThreadedEventLoopGroup, whenActive: @escaping @Sendable (any Channel, ForwardedSide) -> Void
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: SocketUnits.backlog)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelOption(.maxMessagesPerRead, value: 32)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ForwardedSide { whenActive(channel, $0) })
                }
            }
    }

    static func client(_ loop: any EventLoop) -> ClientBootstrap {
        ClientBootstrap(group: loop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A service that is gone for good may have left a client who never ends: the kernel tells within two minutes.
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: 30)
            .channelOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL)), value: 10)
            .connectTimeout(connectTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    stayOnLoopback(channel)
                    try channel.pipeline.syncOperations.addHandler(ForwardedSide())
                }
            }
    }

    /// A port of ours in TIME_WAIT is then used again after a second instead of a minute (net.ipv4.tcp_tw_reuse=2): without
    /// it 28,000 connections a minute are all that one service can be given. Slots are never anywhere else. Before Linux 5.7
    /// only root may, and it goes without.
    private static func stayOnLoopback(_ channel: any Channel) {
        let name = CInt(littleEndian: 0x6f6c)  // "lo", and two zeros
        _ = (channel as? any SocketOptionProvider)?.unsafeSetSocketOption(
            level: .socket, name: .init(rawValue: SO_BINDTODEVICE), value: name)
    }
}
