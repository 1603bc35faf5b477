using Vitrine.Models.Positions;

namespace Vitrine.Models.Tests;

public class TransformerConfigTests
{
    [Fact]
    public void JsonIsCamelCaseAndComesBack()
    {
        var config = TransformerConfig.ZeroLayer(dModel: 64, vocabulary: 50257);
        string json = config.ToJson();
        Assert.Contains("\"vocabulary\": 50257", json);
        Assert.Contains("\"dModel\": 64", json);
        Assert.Contains("\"positions\": \"None\"", json);
        Assert.Equal(config, TransformerConfig.Parse(json));
    }

    [Fact]
    public void FieldsLeftOutHaveTheirDefault()
    {
        Assert.Equal(
            TransformerConfig.ZeroLayer(dModel: 4, vocabulary: 10),
            TransformerConfig.Parse("{ \"vocabulary\": 10, \"dModel\": 4 }"));
        TransformerConfig config = TransformerConfig.Parse(
            """
            { "vocabulary": 10, "dModel": 4, "layers": 1, "heads": 1, "dHead": 4, "context": 8,
              "positions": "Relative" }
            """);
        Assert.Equal(
            TransformerConfig.AttentionOnly(1, 1, 4, 4, 10, 8, PositionKind.Relative), config);
    }

    [Fact]
    public void AModelWithLayersComesBackWithEveryField()
    {
        TransformerConfig config = TransformerConfig.AttentionOnly(
            layers: 2, heads: 4, dModel: 32, dHead: 8, vocabulary: 100, context: 64,
            PositionKind.Rotary) with
        {
            Norm = NormKind.LayerNorm,
            AttentionBiases = true,
            Tied = true,
            AttentionScale = 0.25f,
            RotaryDim = 4,
        };
        Assert.Equal(config, TransformerConfig.Parse(config.ToJson()));
    }

    [Theory]
    [InlineData("{ \"vocabulary\": 0, \"dModel\": 64 }", "vocabulary must be 1 … 10000000; got 0")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": -1 }", "dModel must be 1 … 65536; got -1")]
    [InlineData("{ \"vocabulary\": 10 }", "dModel")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"experts\": 8 }", "experts")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"layers\": 1 }",
        "heads must be 1 … 1024; got 0")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"norm\": \"LayerNorm\" }",
        "model without layers")]
    [InlineData("{ \"vocabulary\": \"many\", \"dModel\": 4 }", "vocabulary")]
    [InlineData("{ \"vocabulary\": 10,", "TransformerConfig")]
    [InlineData("null", "null")]
    public void AWrongConfigSaysWhatIsWrong(string json, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => TransformerConfig.Parse(json));
        Assert.Contains(message, error.Message);
    }
}
