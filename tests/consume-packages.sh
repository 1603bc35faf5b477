#!/usr/bin/env bash
# Packs every package, then uses them as a stranger would: a new project outside the repository that
# references the packed libraries and compiles the README's example, and the packed tool, installed and run.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet pack "$root/Vitrine.slnx" -c Release -o "$work/packages" --nologo -v quiet
version=$(basename "$work"/packages/Vitrine.Tensors.*.nupkg .nupkg | sed 's/^Vitrine\.Tensors\.//')

mkdir "$work/consumer"
cd "$work/consumer"
cat > Consumer.csproj <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <RestorePackagesPath>$work/cache</RestorePackagesPath>
    <RestoreAdditionalProjectSources>$work/packages</RestoreAdditionalProjectSources>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Vitrine.Explorer" Version="$version" />
  </ItemGroup>
</Project>
PROJECT
awk '/^```csharp$/{on=1; next} /^```$/{if (on) exit} on' "$root/README.md" > Program.cs
[ -s Program.cs ] || { echo "README.md has no csharp example"; exit 1; }
dotnet build -c Release --nologo -v quiet
echo "the README example compiles against the packed packages"

dotnet tool install vitrine --version "$version" --add-source "$work/packages" --tool-path "$work/tool" >/dev/null
"$work/tool/vitrine" tokenize " Congress" | grep -q 3162
echo "the packed tool runs"
