namespace Vitrine.Cli.Tests;

public class AssemblyTests
{
    [Fact]
    public void Runs() => Assert.Equal(2, 1 + 1);
}
