#!/bin/bash
# run.sh [arguments]  Builds the side-by-side runs against TorchSharp and starts them.
# TorchSharp's native library asks for GLIBCXX_3.4.32 (GCC 13) for one symbol, an initialiser that does
# nothing. Where the system's libstdc++ is older, this marks the need as weak in the build's copy and
# preloads a library that supplies the symbol; needs python3 and gcc only then.
set -euo pipefail
cd "$(dirname "$0")"
dotnet build -c Release -v quiet --nologo 1>&2
out=$(dotnet msbuild -p:Configuration=Release -getProperty:OutDir)
native=$out/cpu/libLibTorchSharp.so
[ -e "$native" ] || dotnet "$out/Peers.dll" natives >/dev/null 2>&1 || true # gathers the libraries in cpu/
shim=$out/libglibcxx-shim.so
libstdcxx=$(gcc -print-file-name=libstdc++.so.6 2>/dev/null || true)
if ! grep -qa GLIBCXX_3.4.32 "$libstdcxx"; then
  python3 - "$native" <<'P'
import struct, sys
path, wanted = sys.argv[1], b"GLIBCXX_3.4.32"
data = bytearray(open(path, "rb").read())
table, = struct.unpack_from("<Q", data, 0x28)
size, count = struct.unpack_from("<HH", data, 0x3A)
sections = [struct.unpack_from("<IIQQQQIIQQ", data, table + i * size) for i in range(count)]
for section in sections:
    if section[1] != 0x6FFFFFFE:  # SHT_GNU_verneed
        continue
    need, names = section[4], sections[section[6]][4]
    while True:
        _, versions, _, first, following = struct.unpack_from("<HHIII", data, need)
        at = need + first
        for _ in range(versions):
            _, flags, _, name, step = struct.unpack_from("<IHHII", data, at)
            if data[names + name:data.index(0, names + name)] == wanted:
                struct.pack_into("<H", data, at + 4, flags | 2)  # VER_FLG_WEAK
            at += step
        if not following:
            break
        need += following
open(path, "wb").write(data)
P
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  echo 'void _ZSt21ios_base_library_initv(void){}' > "$work/shim.c"
  echo 'GLIBCXX_3.4.32 { global: _ZSt21ios_base_library_initv; };' > "$work/shim.map"
  gcc -shared -fPIC -o "$shim" "$work/shim.c" -Wl,--version-script="$work/shim.map"
fi
[ ! -e "$shim" ] || export LD_PRELOAD=$shim
exec dotnet "$out/Peers.dll" "$@"
