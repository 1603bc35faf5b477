namespace Vitrine.Explorer.Tests;

public class ModuleBundleTests
{
    [Fact]
    public void ModulesStandAfterThoseTheyImport()
    {
        string script = ModuleBundle.Join(
            Modules(
                ("main.js", "import { b } from './b.js';\nb();\n"),
                ("b.js", "import { a } from './a.js';\nexport function b() { return a; }\n"),
                ("a.js", "export const a = 1;\n")),
            "main.js");
        Assert.True(
            script.IndexOf("const $a", StringComparison.Ordinal)
                < script.IndexOf("const $b", StringComparison.Ordinal));
        Assert.True(
            script.IndexOf("const $b", StringComparison.Ordinal)
                < script.IndexOf("const $main", StringComparison.Ordinal));
        Assert.Contains("const { b } = $b;", script);
        Assert.DoesNotContain("export ", script);
    }

    [Fact]
    public void AModuleThatTwoImportStandsOnce()
    {
        string script = ModuleBundle.Join(
            Modules(
                ("main.js", "import { b } from './b.js';\nimport { a } from './a.js';\n"),
                ("b.js", "import { a } from './a.js';\nexport const b = a;\n"),
                ("a.js", "export const a = 1;\n")),
            "main.js");
        Assert.Equal(2, script.Split("const $a =").Length);
    }

    [Theory]
    [InlineData("import { a } from './main.js';", "must not import each other")]
    [InlineData("import { a } from './missing.js';", "which does")]
    [InlineData("import a from './a.js';", "must import names")]
    [InlineData("import * as a from './a.js';", "must import names")]
    [InlineData("export default 1;", "must import names")]
    [InlineData("const text = '</script>';", "must not hold")]
    [InlineData("const text = '<!--';", "must not hold")]
    public void OtherSyntaxIsRefused(string source, string reason)
    {
        FormatException error = Assert.Throws<FormatException>(() =>
            ModuleBundle.Join(Modules(("main.js", source)), "main.js"));
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void EveryModuleIsReachedFromAnEntryOrAComponent()
    {
        IEnumerable<string> entries = WebAssets
            .Modules.Where(module => module.Value.Contains("\nregister('vt-"))
            .Select(module => module.Key)
            .Concat(["page/page.js"]);
        string scripts = string.Concat(
            entries.Select(entry => ModuleBundle.Join(WebAssets.Modules, entry)));
        Assert.All(
            WebAssets.Modules.Keys,
            name => Assert.Contains(
                $"const ${name[..^3].Replace('-', '_').Replace('/', '_')} =", scripts));
    }

    [Fact]
    public void NoModuleTurnsTextIntoMarkup()
    {
        string[] forbidden =
        [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "createContextualFragment",
            "fetch(",
            "XMLHttpRequest",
        ];
        Assert.All(
            WebAssets.Modules,
            module => Assert.All(forbidden, word => Assert.DoesNotContain(word, module.Value)));
    }

    [Fact]
    public void EveryModuleCanBeReadInOneSitting() =>
        Assert.All(
            WebAssets.Modules,
            module => Assert.InRange(module.Value.Split('\n').Length, 1, 300));

    private static Dictionary<string, string> Modules(
        params (string Name, string Source)[] modules) =>
            modules.ToDictionary(module => module.Name, module => module.Source);
}
