#!/usr/bin/env bash
# Repeats the Tensors tests with narrower vectors. Each run asserts the width it got, so that a switch
# without effect fails. Expects the Release build of tests/Tensors.Tests, or builds it.
set -uo pipefail
cd "$(dirname "$0")/.."
dotnet build tests/Tensors.Tests -c Release -v quiet || exit 1

failed=0
repeat() {
  local bits=$1 switch=$2
  echo "== Tensors tests with $switch: $bits-bit vectors"
  env "$switch" VITRINE_EXPECT_VECTOR_BITS="$bits" \
    dotnet test --project tests/Tensors.Tests -c Release --no-build "${@:3}" || failed=1
}

case $(uname -m) in
  x86_64 | amd64)
    repeat 256 DOTNET_EnableAVX512=0 "$@"
    repeat 128 DOTNET_EnableAVX2=0 "$@"
    ;;
esac
repeat 0 DOTNET_EnableHWIntrinsic=0 "$@"
exit $failed
