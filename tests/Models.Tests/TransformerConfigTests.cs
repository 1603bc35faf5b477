namespace Vitrine.Models.Tests;

public class TransformerConfigTests
{
    [Fact]
    public void JsonIsCamelCaseAndComesBack()
    {
        var config = TransformerConfig.ZeroLayer(dModel: 64, vocabulary: 50257);
        string json = config.ToJson();
        Assert.Equal(
            "{ \"vocabulary\": 50257, \"dModel\": 64 }", string.Join(' ', json.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(config, TransformerConfig.Parse(json));
    }

    [Theory]
    [InlineData("{ \"vocabulary\": 0, \"dModel\": 64 }", "vocabulary must be 1 … 10000000; got 0")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": -1 }", "dModel must be 1 … 65536; got -1")]
    [InlineData("{ \"vocabulary\": 10 }", "dModel")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"heads\": 8 }", "heads")]
    [InlineData("{ \"vocabulary\": \"many\", \"dModel\": 4 }", "vocabulary")]
    [InlineData("{ \"vocabulary\": 10,", "TransformerConfig")]
    [InlineData("null", "null")]
    public void AWrongConfigSaysWhatIsWrong(string json, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => TransformerConfig.Parse(json));
        Assert.Contains(message, error.Message);
    }
}
