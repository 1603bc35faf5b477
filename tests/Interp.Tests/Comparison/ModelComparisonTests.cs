using Vitrine.Interp.Comparison;
using Vitrine.Interp.Findings;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Positions;
using Vitrine.Models.Tokenizers;
using Vitrine.Models.Training;

namespace Vitrine.Interp.Tests.Comparison;

/// <summary>Two models side by side: what is known of planted ones.</summary>
public sealed class ModelComparisonTests : IDisposable
{
    private const int Merges = 100;
    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-compare-").FullName;
    private readonly string _text;

    public ModelComparisonTests()
    {
        _text = Path.Combine(_folder, "text.txt");
        File.WriteAllText(_text, string.Join(
            "<|endoftext|>",
            Enumerable.Range(0, 24).Select(i => string.Concat(Enumerable.Repeat(
                $"The {"abcdefghijklmnopqrstuvwxyz"[i]} of the people, by the people. ", 8)))));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_model_beside_itself_does_not_differ()
    {
        string folder = Save("one", Merges, 2);
        ModelComparison found = Compare(folder, folder);
        Assert.Empty(found.Settings);
        Assert.Null(found.Incomparable);
        Assert.Equal(0, found.LossDifference!.Value);
        Assert.Equal(0, found.Disagreement!.SecondBetter);
        Assert.All(found.Disagreement.Largest, one => Assert.Equal(one.First, one.Second));
        Assert.EndsWith("equally well", ComparisonFindings.Title(found));
        Assert.Equal(("one", "one (second)"), (found.First.Name, found.Second.Name));
        Assert.Equal(4, found.First.Heads!.Count);
        Assert.Equal(5, found.First.Claims!.Count);
        Assert.NotNull(found.First.KComposition);
        Assert.Contains("measured no scores", found.First.Missing["formed"]);
    }

    [Fact]
    public void A_token_whose_bias_is_raised_is_where_the_models_disagree()
    {
        int token = Tokenizer.Gpt2(Merges).Encode(",").Single();
        string uniform = Save("uniform", Merges, 1, deviation: 0);
        string raised = Save(
            "raised", Merges, 1, deviation: 0,
            model => model.Unembed.B_U.Value!.WritableSpan[token] = 5);
        ModelComparison found = Compare(uniform, raised);
        DisputedToken most = found.Disagreement!.Largest[0];
        int vocabulary = Tokenizer.Gpt2(Merges).VocabularySize;
        Assert.Equal(token, most.Token);
        Assert.Equal(Math.Log(vocabulary), most.First, 1e-4);
        Assert.Equal(Math.Log(vocabulary - 1 + Math.Exp(5)) - 5, most.Second, 1e-4);
        Assert.Equal(most.After.Count, Math.Min(6, most.Position));
        Assert.InRange(found.Disagreement.SecondBetter, 0.001, 0.5);
    }

    [Fact]
    public void Models_of_other_tokens_are_compared_by_bits_per_byte()
    {
        string few = Save("few", 50, 1, deviation: 0);
        string many = Save("many", Merges, 1, deviation: 0);
        ModelComparison found = Compare(few, many);
        Assert.Null(found.LossDifference);
        Assert.Null(found.Disagreement);
        Assert.Contains("bits per byte", found.Incomparable);
        Assert.Equal(Bits(50), found.First.BitsPerByte!.Value, 1e-4);
        Assert.Equal(Bits(Merges), found.Second.BitsPerByte!.Value, 1e-4);
        Assert.Contains("not comparable", ComparisonFindings.Losses(found).ToString());
        Assert.EndsWith("bits per byte", ComparisonFindings.Title(found));

        // A model without weights gives every token of its vocabulary one probability.
        double Bits(int merges)
        {
            var tokenizer = Tokenizer.Gpt2(merges);
            using Corpus corpus = Corpus.FromText(_text, 1, tokenizer);
            string[] documents =
            [
                .. corpus.HeldOutDocuments.Select(
                    one => tokenizer.Decode(corpus.Tokens(one)[1..])),
            ];
            return corpus.HeldOutDocuments.Sum(one => (long)one.Pairs)
                * Math.Log2(tokenizer.VocabularySize) / documents.Sum(one => one.Length);
        }
    }

    [Fact]
    public void What_is_missing_is_missing_for_a_reason()
    {
        string one = Save("one", merges: null, 1);
        string zero = Save("zero", merges: null, 0);
        ModelComparison found = Compare(one, zero);
        Assert.Equal("neither folder names a text", found.Incomparable);
        Assert.Null(found.First.HeldOut);
        Assert.NotNull(found.First.Heads);
        Assert.Null(found.Second.Heads);
        Assert.Equal("it has one layer", found.First.Missing["claims"]);
        Assert.Equal("it has no attention layers", found.Second.Missing["heads"]);
        Assert.All(
            ComparedRow.Of(found).Where(row => row.Group != "settings"), row =>
            {
                Assert.Equal(row.First is null, row.FirstMissing is not null);
                Assert.Equal(row.Second is null, row.SecondMissing is not null);
            });
        Assert.Contains(new SettingDifference("model.layers", "1", "0"), found.Settings);
        Assert.Contains("how the model was trained", found.First.Missing["recipe"]);
    }

    private static ModelComparison Compare(string one, string other)
    {
        using Subject first = Subject.Open(one);
        using Subject second = Subject.Open(other);
        return ModelComparison.Of(first, second);
    }

    /// <summary>A run with GPT-2's first merges as its tokens; a model of 61 tokens without any,
    /// and without a text, where there are none.</summary>
    private string Save(
        string name, int? merges, int layers, float deviation = 0.5f,
        Action<Transformer>? change = null)
    {
        string path = Path.Combine(_folder, name);
        Tokenizer? tokenizer = merges is { } first ? Tokenizer.Gpt2(first) : null;
        int vocabulary = tokenizer?.VocabularySize ?? 61;
        TransformerConfig config = layers == 0 ? TransformerConfig.ZeroLayer(8, vocabulary)
            : TransformerConfig.AttentionOnly(
                layers, 2, 8, 4, vocabulary, 32, PositionKind.Relative);
        using (Transformer model = Transformer.Initial(config, seed: 3, deviation))
        {
            change?.Invoke(model);
            model.Save(path);
        }

        if (tokenizer is not null)
        {
            tokenizer.Save(path);
            using RunFolder folder = RunFolder.Resume(path);
            new RunNotes(
                "planted", _text, TextDigest: null, config,
                new Recipe { Merges = merges, RandomTypes = layers > 1 ? 20 : 0 },
                DateTimeOffset.UnixEpoch, "1.0").Write(folder);
        }

        return path;
    }
}
