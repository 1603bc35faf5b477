using System.Reflection;

namespace Vitrine.Cli.Tests;

public class ReadmeTests
{
    [Fact]
    public void The_example_is_the_sample_that_the_solution_compiles()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string sample = File.ReadAllText(
            Path.Combine(Repository.Root, "samples", "01-train-and-look", "Program.cs"));
        Assert.Contains($"```csharp\n{sample}```", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Dependencies_point_one_way()
    {
        string[] order = ["Tensors", "Autograd", "Models", "Interp", "Explorer"];
        for (int i = 0; i < order.Length; i++)
        {
            IEnumerable<string> references =
                Assembly.Load($"Vitrine.{order[i]}").GetReferencedAssemblies()
                .Select(name => name.Name!)
                .Where(name => name.StartsWith("Vitrine.", StringComparison.Ordinal));
            Assert.All(references, name => Assert.Contains(name["Vitrine.".Length..], order[..i]));
        }
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/vocabulary.md")]
    [InlineData("docs/cli.md")]
    [InlineData("LICENSE")]
    [InlineData("THIRD-PARTY-NOTICES.md")]
    public void The_repository_has(string file) =>
        Assert.True(File.Exists(Path.Combine(Repository.Root, file)));
}
