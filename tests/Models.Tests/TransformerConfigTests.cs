using Vitrine.Models.Positions;
using Vitrine.Tensors;

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
        Assert.Contains("\"kind\": \"None\"", json);
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
            { "vocabulary": 10, "dModel": 4, "layers": 1, "context": 8,
              "attention": { "heads": 1, "dHead": 4 }, "positions": { "kind": "Relative" } }
            """);
        Assert.Equal(
            TransformerConfig.AttentionOnly(1, 1, 4, 4, 10, 8, PositionKind.Relative), config);
    }

    private static TransformerConfig Every => TransformerConfig.AttentionOnly(
        layers: 2, heads: 4, dModel: 32, dHead: 8, vocabulary: 100, context: 64) with
    {
        Attention = new AttentionConfig { Heads = 4, DHead = 8, Biases = true, Scale = 0.25f },
        Embedding = new() { Tied = true, OutputBias = false },
        Norm = new() { Kind = NormKind.LayerNorm, Epsilon = 1e-6f },
        Positions = new()
        {
            Kind = PositionKind.Rotary,
            RelativeBuckets = 16,
            RelativeMaxDistance = 99,
            RotaryDim = 4,
            RotaryBase = 500,
            RotaryPairing = RotaryPairing.Adjacent,
        },
    };

    [Fact]
    public void AModelWithLayersComesBackWithEveryField() =>
        Assert.Equal(Every, TransformerConfig.Parse(Every.ToJson()));

    [Fact]
    public void TheFlatFormOfEarlierRunsOpens() =>
        Assert.Equal(Every, TransformerConfig.Parse(
            """
            { "vocabulary": 100, "dModel": 32, "layers": 2, "heads": 4, "dHead": 8, "context": 64,
              "positions": "Rotary", "norm": "LayerNorm", "normEpsilon": 1E-06,
              "attentionBiases": true, "outputBias": false, "tied": true, "attentionScale": 0.25,
              "relativeBuckets": 16, "relativeMaxDistance": 99, "rotaryDim": 4, "rotaryBase": 500,
              "rotaryPairing": "Adjacent" }
            """));

    [Fact]
    public void TheFlatFormOfAModelWithoutLayersOpens() =>
        Assert.Equal(TransformerConfig.ZeroLayer(64, 100), TransformerConfig.Parse(
            """
            { "vocabulary": 100, "dModel": 64, "layers": 0, "heads": 0, "dHead": 0, "context": 0,
              "positions": "None", "norm": "None", "normEpsilon": 1E-05, "attentionBiases": false,
              "outputBias": true, "tied": false, "relativeBuckets": 32,
              "relativeMaxDistance": 128, "rotaryBase": 10000, "rotaryPairing": "Halves" }
            """));

    [Fact]
    public void LayersThatDifferAreAList()
    {
        TransformerConfig config = Every with
        {
            Attention = new(
            [
                new AttentionConfig { Heads = 4, DHead = 8 },
                new AttentionConfig { Heads = 2, DHead = 16, Biases = true },
            ]),
        };
        TransformerConfig read = TransformerConfig.Parse(config.ToJson());
        Assert.Equal(config, read);
        Assert.Equal(16, read.Attention![1].DHead);
        Assert.Contains(
            "layers of this model differ",
            Assert.Throws<InvalidOperationException>(() => read.Heads).Message);
        Assert.Equal(
            Every, Every with { Attention = new([Every.SharedAttention, Every.SharedAttention]) });
    }

    [Theory]
    [InlineData("{ \"vocabulary\": 0, \"dModel\": 64 }", "vocabulary must be 1 … 10000000; got 0")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": -1 }", "dModel must be 1 … 65536; got -1")]
    [InlineData("{ \"vocabulary\": 10 }", "dModel")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"experts\": 8 }", "experts")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"layers\": 1 }",
        "attention must be one part for all 1 layers or a list with one per layer; got 0")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"layers\": 1, \"heads\": 0, \"dHead\": 1 }",
        "heads must be 1 … 1024; got 0")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"layers\": 1, \"heads\": 2 }", "dHead")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"layers\": 1, \"attention\": [] }", "empty")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"layers\": 1, \"attention\": null }", "got 0")]
    [InlineData(
        "{ \"vocabulary\": 10, \"dModel\": 4, \"layers\": 1, \"attention\": null, \"heads\": 2 }",
        "attention must not be null; leave it out")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"positions\": 99 }", "positions.kind")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"norm\": { \"kind\": 7 } }", "norm.kind")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"positions\": \"Rotary, Alibi\" }",
        "positions.kind")]
    [InlineData(
        "{ \"vocabulary\": 10, \"dModel\": 4, \"tied\": true, \"embedding\": { \"tied\": true } }",
        "tied is embedding.tied, which is also given")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"norm\": \"LayerNorm\" }",
        "model without layers")]
    [InlineData(
        "{ \"vocabulary\": 10, \"dModel\": 4, \"attention\": { \"heads\": 1, \"dHead\": 2 } }",
        "model without layers")]
    [InlineData("{ \"vocabulary\": \"many\", \"dModel\": 4 }", "vocabulary")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"dModel\": 5 }", "dModel")]
    [InlineData(
        "{ \"vocabulary\": 10, \"dModel\": 4, \"attention\": { \"heads\": 1, \"heads\": 2 } }",
        "heads")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"norm\": null }", "norm must not be null")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"embedding\": null }", "embedding must not be null")]
    [InlineData("{ \"vocabulary\": 10, \"dModel\": 4, \"positions\": null }", "positions must not be null")]
    [InlineData(
        "{ \"vocabulary\": 10, \"dModel\": 4, \"layers\": 2, \"context\": 8, "
        + "\"attention\": [{ \"heads\": 1, \"dHead\": 4 }] }",
        "one part for all 2 layers or a list with one per layer; got 1")]
    [InlineData("{ \"vocabulary\": 10,", "TransformerConfig")]
    [InlineData("null", "null")]
    public void AWrongConfigSaysWhatIsWrong(string json, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => TransformerConfig.Parse(json));
        Assert.Contains(message, error.Message);
    }
}
