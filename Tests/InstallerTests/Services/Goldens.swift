// SPDX-License-Identifier: Apache-2.0

/// Whole units as they must be written. A change here is a change on every host: read it as one.
enum Goldens {
    static let gateway = #"""
        # Written by bundle and replaced by the next release; site changes belong into pagi.gateway.blue.service.d/*.conf

        [Unit]
        Description=pagi gateway (blue)
        PartOf=pagi.blue.target
        After=network.target
        After=pagi.memory.blue.service
        After=pagi.vectors.service
        After=postgresql.service
        StartLimitIntervalSec=0

        [Service]
        Type=exec
        SyslogIdentifier=pagi.gateway
        Restart=on-failure
        RestartSec=1s
        TimeoutStartSec=60s
        TimeoutStopSec=45s
        KillMode=mixed
        KillSignal=SIGTERM
        MemoryMax=2147483648
        CPUQuota=200%
        LimitNOFILE=65536
        LoadCredential=API_KEY:/etc/pagi/secrets/API_KEY
        LoadCredential=tls.key:/etc/pagi/secrets/tls.key
        User=_pagi
        Group=_pagi
        Environment="GREETING=100%% \"sure\""
        Environment=RUST_LOG=info
        ExecStart=:/bin/sh -c "set -e; API_KEY=\"$(cat \"$CREDENTIALS_DIRECTORY/API_KEY\")\"; export API_KEY; exec \"$@\"" sh /opt/pagi/slots/blue/release/bin/gateway --listen 169.254.77.1:20443 "50%% of $HOME \"a\\b\""
        RuntimeDirectory=pagi.gateway.blue
        RuntimeDirectoryMode=0700
        NoNewPrivileges=yes
        CapabilityBoundingSet=
        AmbientCapabilities=
        ProtectSystem=strict
        ProtectHome=yes
        PrivateTmp=yes
        ProtectHostname=yes
        ProtectClock=yes
        ProtectKernelModules=yes
        ProtectControlGroups=yes
        RestrictSUIDSGID=yes
        RemoveIPC=yes
        KeyringMode=private
        UMask=0077
        PrivateDevices=yes
        DevicePolicy=closed
        PrivateUsers=yes
        ProtectKernelTunables=yes
        ProtectKernelLogs=yes
        RestrictNamespaces=yes
        ProtectProc=invisible
        ProcSubset=pid
        RestrictRealtime=yes
        MemoryDenyWriteExecute=yes
        RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
        LockPersonality=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged @resources
        SystemCallErrorNumber=EPERM
        CPUAffinity=2-5

        """#

    static let image = #"""
        # Written by bundle and replaced by the next release; site changes belong into pagi.store.service.d/*.conf

        [Unit]
        Description=pagi store
        PartOf=pagi.target
        After=network.target
        RequiresMountsFor=/srv/m
        RequiresMountsFor=/var/lib/pagi/store/data
        StartLimitIntervalSec=0

        [Service]
        Type=notify
        NotifyAccess=all
        SyslogIdentifier=pagi.store
        Restart=on-failure
        RestartSec=1s
        TimeoutStartSec=60s
        TimeoutStopSec=35s
        KillMode=mixed
        MemoryMax=1048576
        CPUQuota=150%
        LimitNOFILE=4096
        LoadCredential=TOKEN:/etc/pagi/secrets/TOKEN
        LoadCredential=redis-password:/etc/pagi/secrets/redis-password
        RuntimeDirectory=pagi.store
        RuntimeDirectoryMode=0700
        ExecStartPre=:/usr/bin/install -o _pagi -g _pagi -d -m 0700 /srv/m
        ExecStartPre=:/usr/bin/install -o _pagi -g _pagi -d -m 0700 /var/lib/pagi/store/data
        ExecStartPre=:/usr/bin/install -o _pagi -g _pagi -d -m 0500 /run/pagi.store/credentials
        ExecStartPre=:/usr/bin/install -o _pagi -g _pagi -m 0400 /run/credentials/pagi.store.service/TOKEN /run/pagi.store/credentials/TOKEN
        ExecStartPre=:/usr/bin/install -o _pagi -g _pagi -m 0400 /run/credentials/pagi.store.service/redis-password /run/pagi.store/credentials/redis-password
        ExecStart=:/bin/sh -c "set -e; TOKEN=\"$(cat \"$CREDENTIALS_DIRECTORY/TOKEN\")\"; export TOKEN; exec /usr/bin/podman --runtime=crun --events-backend=none run --user \"$(id -u \"$0\"):$(id -g \"$0\")\" \"$@\"" _pagi --detach --rm --replace --name=pagi.store --pull=never --network=host --cgroups=disabled --read-only=true --cap-drop=all --security-opt=no-new-privileges --security-opt=label=disable --no-healthcheck --log-driver=passthrough --stop-signal=SIGTERM --sdnotify=conmon --ulimit=nofile=4096:4096 --tmpfs=/run:rw,exec,nosuid,nodev,mode=1777,notmpcopyup --tmpfs=/tmp:rw,exec,nosuid,nodev,mode=1777,notmpcopyup --tmpfs=/var/tmp:rw,exec,nosuid,nodev,mode=1777,notmpcopyup --mount=type=bind,src=/opt/pagi/current,dst=/opt/pagi/current,ro=true --mount=type=bind,src=/opt/pagi/slots/green/config,dst=/opt/pagi/slots/green/config,ro=true --mount=type=bind,src=/var/lib/pagi/store/data,dst=/data --mount=type=bind,src=/srv/m,dst=/moved --mount=type=bind,src=/run/pagi.store/credentials,dst=/run/credentials,ro=true --env CREDENTIALS_DIRECTORY=/run/credentials --env MODE=one --env TOKEN --entrypoint /usr/bin/redis-server abababababababababababababababababababababababababababababababab --bind 169.254.77.3
        ExecStop=-:/usr/bin/podman --runtime=crun --events-backend=none stop --ignore --time=30 pagi.store
        ExecStopPost=-:/usr/bin/podman --runtime=crun --events-backend=none rm --force --ignore pagi.store
        SuccessExitStatus=143
        DevicePolicy=closed
        DeviceAllow=/dev/fuse rw

        """#

    /// The same service, without what all runtimes have: credentials and directories.
    static let docker = #"""
        Type=exec
        SyslogIdentifier=pagi.store
        Restart=on-failure
        RestartSec=1s
        TimeoutStartSec=60s
        TimeoutStopSec=35s
        KillMode=mixed
        RuntimeDirectory=pagi.store
        RuntimeDirectoryMode=0700
        ExecStartPre=:/usr/lib/bundle/bundle steer --slice --v4 169.254.77.3 --v6 fd77::3 80:20080
        Slice=system-pagi.store.slice
        ExecStartPre=-:/bin/sh -c "exec /usr/bin/docker rm --force \"$0\" >/dev/null 2>&1" pagi.store
        ExecStart=:/bin/sh -c "set -e; TOKEN=\"$(cat \"$CREDENTIALS_DIRECTORY/TOKEN\")\"; export TOKEN; exec /usr/bin/docker run --user \"$(id -u \"$0\"):$(id -g \"$0\")\" --tmpfs=/run:rw,exec,nosuid,nodev,mode=1777,uid=$(id -u \"$0\"),gid=$(id -g \"$0\") --tmpfs=/tmp:rw,exec,nosuid,nodev,mode=1777,uid=$(id -u \"$0\"),gid=$(id -g \"$0\") --tmpfs=/var/tmp:rw,exec,nosuid,nodev,mode=1777,uid=$(id -u \"$0\"),gid=$(id -g \"$0\") \"$@\"" _pagi --rm --name=pagi.store --pull=never --network=host --cgroup-parent=system-pagi.store.slice --read-only=true --cap-drop=all --security-opt=no-new-privileges --security-opt=label=disable --no-healthcheck --log-driver=none --stop-signal=SIGTERM --ulimit=nofile=4096:4096 --memory=1048576 --memory-swap=-1 --cpus=1.50 --mount=type=bind,src=/opt/pagi/current,dst=/opt/pagi/current,readonly --mount=type=bind,src=/opt/pagi/slots/green/config,dst=/opt/pagi/slots/green/config,readonly --mount=type=bind,src=/var/lib/pagi/store/data,dst=/data --mount=type=bind,src=/srv/m,dst=/moved --mount=type=bind,src=/run/pagi.store/credentials,dst=/run/credentials,readonly --env CREDENTIALS_DIRECTORY=/run/credentials --env MODE=one --env TOKEN --entrypoint /usr/bin/redis-server sha256:abababababababababababababababababababababababababababababababab --bind 169.254.77.3
        ExecStop=-:/bin/sh -c "exec /usr/bin/docker stop --time=30 \"$0\" >/dev/null 2>&1" pagi.store
        ExecStopPost=-:/bin/sh -c "exec /usr/bin/docker rm --force \"$0\" >/dev/null 2>&1" pagi.store
        SuccessExitStatus=143
        """#

    static let containerd = #"""
        Type=exec
        SyslogIdentifier=pagi.store
        Restart=on-failure
        RestartSec=1s
        TimeoutStartSec=60s
        TimeoutStopSec=35s
        KillMode=mixed
        KillSignal=SIGTERM
        MemoryMax=1048576
        CPUQuota=150%
        LimitNOFILE=4096
        RuntimeDirectory=pagi.store
        RuntimeDirectoryMode=0700
        ExecStartPre=:/usr/lib/bundle/bundle steer --v4 169.254.77.3 --v6 fd77::3 80:20080
        Delegate=yes
        DevicePolicy=closed
        ExecStartPre=:/usr/lib/bundle/bundle container prepare pagi.store --product pagi --image abababababababababababababababababababababababababababababababab --files 4096 --read /opt/pagi/current:/opt/pagi/current --read /opt/pagi/slots/green/config:/opt/pagi/slots/green/config --write /var/lib/pagi/store/data:/data --write /srv/m:/moved --read /run/pagi.store/credentials:/run/credentials --env CREDENTIALS_DIRECTORY=/run/credentials --env MODE=one --secret TOKEN --program /usr/bin/redis-server -- --bind 169.254.77.3
        ExecStart=:/bin/sh -c "exec runc --root /run/bundle/runc run --bundle /run/bundle/containers/\"$0\" \"$0\"" pagi.store
        ExecStopPost=-:/usr/lib/bundle/bundle container end pagi.store
        SuccessExitStatus=143
        """#
}
