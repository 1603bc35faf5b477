namespace Vitrine.Cli.Tests;

public class TokenizeTests
{
    [Fact]
    public void Json_is_a_list_of_tokens()
    {
        CommandLineResult result = CommandLineResult.Of("tokenize", "The Congress <b>", "--json");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(5, result.Json.GetArrayLength());
        Assert.Equal(3162, result.Json[1].GetProperty("id").GetInt32());
        Assert.Equal(" Congress", result.Json[1].GetProperty("text").GetString());
        Assert.Equal("20436F6E6772657373", result.Json[1].GetProperty("bytes").GetString());
        Assert.Equal("capitalised word", result.Json[1].GetProperty("class").GetString());
    }

    [Fact]
    public void The_table_shows_spaces_and_brackets_as_they_are()
    {
        CommandLineResult result = CommandLineResult.Of("tokenize", "The Congress [bold]");
        Assert.Contains("·Congress", result.Output, StringComparison.Ordinal);
        Assert.Contains("·[", result.Output, StringComparison.Ordinal);
    }
}
