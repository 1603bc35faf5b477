using Vitrine.Models.Training;

namespace Vitrine.Models.Tests.Training;

public class RecipeTests
{
    [Fact]
    public void ARecipeComesBackFromJson()
    {
        Recipe recipe =
            Recipe.ZeroLayer with { Weights = [new WeightSettings("embed.W_E", 0.5f, 0.1f)] };
        Assert.Equal(recipe.ToJson(), Recipe.Parse(recipe.ToJson()).ToJson());
        Assert.Contains("\"decay\": \"Linear\"", recipe.ToJson());
    }

    [Fact]
    public void FieldsLeftOutHaveTheirDefault()
    {
        Recipe recipe = Recipe.Parse("{ \"steps\": 7, \"warmup\": 2 }");
        Assert.Equal(7, recipe.Steps);
        Assert.Equal(new Recipe().Context, recipe.Context);
    }

    [Theory]
    [InlineData("{ \"steps\": 0 }", "steps must be 1")]
    [InlineData("{ \"steps\": 5, \"warmup\": 6 }", "warmup must be 0 … 5; got 6")]
    [InlineData("{ \"beta2\": 1 }", "beta2")]
    [InlineData("{ \"learningRate\": \"fast\" }", "learningRate")]
    [InlineData("{ \"recency\": -1 }", "recency must be 0")]
    [InlineData("{ \"merges\": 50001 }", "merges must be 0 … 50000; got 50001")]
    [InlineData("{ \"repeats\": [ { \"steps\": 1, \"share\": 1, \"halves\": 2 } ] }",
        "halves must be 0 … 1; got 2")]
    [InlineData("{ \"learnRate\": 1 }", "learnRate")]
    [InlineData("{ \"weights\": [ { \"name\": \"embed.W_E\", \"weightDecay\": -1 } ] }",
        "embed.W_E")]
    public void AWrongRecipeSaysWhatIsWrong(string json, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Recipe.Parse(json));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void PresetsAreFoundByNameAndValid()
    {
        Assert.All(Recipe.Presets, name => Assert.Equal(name, Recipe.Preset(name).Validate().Name));
        var error = Assert.Throws<ArgumentException>(() => Recipe.Preset("3-layer"));
        Assert.Contains("no preset '3-layer'; the presets are 0-layer", error.Message);
    }

    [Fact]
    public void TheTimelineKeepsEarlyStepsDenselyAndTheEnd()
    {
        Assert.Equal(
            [0, 1, 2, 4, 8, 16, 32, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600],
            Timeline.Of(600));
        Assert.Equal([0, 1], Timeline.Of(1));
        Assert.Equal([0, 1, 2, 3], Timeline.Of(3));
        Assert.Equal([0, 1, 2, 4, 8, 10], Timeline.Of(10));
        Assert.Equal([0, 1, 2, 4, 8, 14, 29], Timeline.Of(29));
    }

    [Fact]
    public void OptionsAndNumbersOutsideTheirRangeAreRefused()
    {
        Assert.All<TrainerOptions>(
            [
                new() { SampleEvery = 0 }, new() { SampleTokens = -1 }, new() { MeasureEvery = 0 },
                new() { SaveEvery = 0 },
            ],
            wrong => Assert.Throws<ArgumentOutOfRangeException>(wrong.Validate));
        Assert.Throws<ArgumentOutOfRangeException>(() => Timeline.Of(-1));
        using var folder = new TemporaryFolder();
        using Vitrine.Models.Data.Corpus corpus = TinyCorpus.Open(folder.Path);
        Assert.Throws<ArgumentOutOfRangeException>(() => new HeldOutLoss(corpus, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HeldOutLoss(corpus, 1, 0));
        TransformerConfig small = TransformerConfig.ZeroLayer(2, 3);
        foreach (float wrong in new[] { -1, float.NaN, float.PositiveInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>(
                () => Transformer.Initial(small, seed: 1, wrong));
            Assert.Throws<ArgumentOutOfRangeException>(
                () => Transformer.Initial(small, seed: 1, choose: _ => wrong));
            Assert.Throws<ArgumentOutOfRangeException>(
                () => Vitrine.Models.Positions.RotaryTable.Create(4, 2, wrong));
        }

        using Transformer model = Transformer.Initial(small, seed: 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.PreferRecent(float.NaN));
        foreach (double u in new[] { -0.1, 1, double.NaN })
        {
            Assert.Throws<ArgumentOutOfRangeException>(
                () => Vitrine.Models.Generation.TextGenerator.Choose([1, 2], new() { Temperature = 1 }, u));
        }

        Assert.Contains("context must be at most the model's 8; got 128",
            Assert.Throws<InvalidDataException>(() => new Recipe().Validate(
                TransformerConfig.AttentionOnly(1, 1, 4, 4, 9, 8))).Message);
    }
}
