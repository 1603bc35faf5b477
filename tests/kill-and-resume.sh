#!/bin/sh
# Kills a training process 100 times (or as often as the first argument says) at random moments and
# checks that every run goes on to weights that are bit for bit those of an unbroken one.
set -eu
cd "$(dirname "$0")/.."
VITRINE_KILLS="${1:-100}" dotnet run --project tests/Models.Tests -c Release -- \
  -method '*ARunKilledAtAnyMomentGoesOnToTheSameBits'
