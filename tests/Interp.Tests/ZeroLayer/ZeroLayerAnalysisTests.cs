using System.Text.Json;
using Vitrine.Autograd;
using Vitrine.Interp.Bigrams;
using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Studies;
using Vitrine.Models;
using Vitrine.Models.Tokenizers;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.ZeroLayer;

public sealed class ZeroLayerAnalysisTests : IDisposable
{
    private const string Text =
        "The first of May and the second of June were warm. The United States and the Vice "
        + "President met in July; "
        + "one or two of us said that the third of March was cold. ";

    private static readonly ZeroLayerOptions Options = new()
    {
        MapTokens = 40,
        TSne = new TSneOptions { Iterations = 60, Perplexity = 5 },
        Examples = 3,
        TableRows = 4,
    };

    private readonly Tokenizer _tokenizer = Tokenizer.Gpt2();
    private readonly Tensor<float> _embed;
    private readonly Tensor<float> _unembed;
    private readonly int[] _train;
    private readonly int[] _heldOut;

    public ZeroLayerAnalysisTests()
    {
        _embed = Samples.Normal(1, _tokenizer.VocabularySize, 4);
        _unembed = Samples.Normal(2, _tokenizer.VocabularySize, 4);
        int[] document = [_tokenizer.EndOfText, .. _tokenizer.Encode(Text)];
        _train = [.. Enumerable.Repeat(document, 8).SelectMany(tokens => tokens)];
        int[] other = [_tokenizer.EndOfText, .. _tokenizer.Encode("The second of July was warm "
            + "too.")];
        _heldOut = [.. document, .. other, .. document, .. other, .. document, .. other];
    }

    public void Dispose()
    {
        _embed.Dispose();
        _unembed.Dispose();
    }

    [Fact]
    public void It_answers_everything_and_its_parts_agree()
    {
        using var path = new DirectPath(_embed, _unembed.Transpose(), null);
        var stages = new Stages();
        ZeroLayerAnalysis analysis =
            ZeroLayerAnalysis.Of(path, _tokenizer, _train, _heldOut, Options, stages);
        Assert.Equal(8, analysis.Losses.Train.Documents);
        Assert.Equal(6, analysis.Losses.HeldOut.Documents);
        Assert.Equal(
            analysis.Losses.HeldOut.Value - analysis.Losses.BigramHeldOut.Value,
            analysis.Losses.AboveBigram.Value, 1e-12);
        Assert.Equal(Naive(_heldOut), analysis.Losses.HeldOut.Value, 1e-5);
        Assert.Equal(
            ["PCA W_E", "t-SNE W_E", "PCA W_U", "t-SNE W_U"],
            analysis.Maps.Select(map => $"{map.Method} {map.Matrix}"));
        Assert.All(analysis.Maps, map =>
            Assert.True(map.Ids.Length == map.X.Length && map.X.Length == map.Y.Length));
        Assert.Equal(3, analysis.Examples.Count);
        Assert.All(analysis.Examples, table => Assert.InRange(table.Residual!.Value, 0, 1e-4));
        Assert.Equal(["W_E", "W_U"], analysis.Neighbours.Select(score => score.Matrix));
        Assert.Contains("Mapping W_U", stages.Seen);
        Assert.True(stages.Seen.Count > 4);
        Assert.Contains(analysis.LogSumExp, float.IsNaN);
        Assert.All(
            _heldOut.Zip(_heldOut.Skip(1)).Where(pair => pair.Second != _tokenizer.EndOfText),
            pair => Assert.True(float.IsFinite(analysis.LogSumExp[pair.First])));
    }

    [Fact]
    public void Json_has_camel_case_labels_and_yardsticks()
    {
        using var path = new DirectPath(_embed, _unembed.Transpose(), null);
        ZeroLayerAnalysis analysis =
            ZeroLayerAnalysis.Of(path, _tokenizer, _train, _heldOut, Options);
        string text = JsonSerializer.Serialize(analysis, InterpJson.Default.ZeroLayerAnalysis);
        using var json = JsonDocument.Parse(text);
        JsonElement losses = json.RootElement.GetProperty("losses");
        Assert.Equal("loss", losses.GetProperty("kind").GetString());
        Assert.Equal("nats per token", losses.GetProperty("unit").GetString());
        Assert.Equal(
            analysis.Losses.HeldOut.Value,
            losses.GetProperty("heldOut").GetProperty("value").GetDouble());
        Assert.Equal(
            analysis.Losses.BigramHeldOut.Value, losses.GetProperty("baseline").GetDouble());
        Assert.Equal(
            "t-SNE", json.RootElement.GetProperty("maps")[1].GetProperty("method").GetString());
        Assert.False(json.RootElement.TryGetProperty("counts", out _));
    }

    [Fact]
    public void Findings_say_the_opposite_where_a_condition_fails()
    {
        using var path = new DirectPath(_embed, _unembed.Transpose(), null);
        ZeroLayerAnalysis analysis =
            ZeroLayerAnalysis.Of(path, _tokenizer, _train, _heldOut, Options);
        IReadOnlyList<Finding> findings = ZeroLayerFindings.Of(analysis);
        Assert.Contains(
            findings, finding => !finding.Holds
                && finding.Text.ToString().Contains("above the", StringComparison.Ordinal));
        Assert.Contains(
            findings, finding => !finding.Holds && finding.Text.ToString().StartsWith("Knowing one token "
                + "saves nothing", StringComparison.Ordinal));
        LossEstimate bigram = analysis.Losses.BigramHeldOut;
        LossComparison good = analysis.Losses with
        {
            HeldOut = bigram with { Value = bigram.Value - 0.5 },
            AboveBigram = new LossEstimate(-0.5, -0.6, -0.4, 100, 19),
        };
        LossComparison unclear = analysis.Losses with
        {
            HeldOut = bigram,
            AboveBigram = new LossEstimate(0, -0.1, 0.1, 100, 19),
        };
        Assert.Contains(
            "below the", ZeroLayerFindings.Of(analysis with { Losses = good })[0].Text.ToString(),
            StringComparison.Ordinal);
        Assert.Contains(
            "cannot distinguish", ZeroLayerFindings.Of(analysis with { Losses = unclear })[0].Text.ToString(),
            StringComparison.Ordinal);
        Assert.True(ZeroLayerFindings.Of(analysis with { Losses = good })[0].Holds);
        var followers = new FollowerScore(1000, 0.52, 0.54, 100, 93);
        Assert.Contains(
            "52% of the 1,000", ZeroLayerFindings.Of(analysis with { Followers = followers })[2].Text.ToString(),
            StringComparison.Ordinal);
        Assert.Contains(
            "Only 12% of the 1,000",
            ZeroLayerFindings.Of(
                analysis with { Followers = followers with { ModelShare = 0.12 } })[2].Text.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_direct_path_of_a_model_is_its_forward_pass()
    {
        using Transformer model = Transformer.Initial(TransformerConfig.ZeroLayer(6, 40), 3, 0.5f);
        model.Unembed.B_U.Storage[7] = 2;
        using DirectPath path = DirectPath.Of(model);
        using Tensor<int> tokens = Tensor.From<int>([5, 11, 39], [1, 3]);
        using var tape = Tape.NoGrad();
        float[] logits = model.Forward(tape, tokens).Value.ToArray();
        using Tensor<float> rows = path.Rows([5, 11, 39]);
        Assert.All(logits.Zip(rows.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.NotEqual(0, logits[7]);
    }

    [Fact]
    public void It_can_be_cancelled_and_checks_its_vocabulary()
    {
        using var path = new DirectPath(_embed, _unembed.Transpose(), null);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => ZeroLayerAnalysis.Of(
                path, _tokenizer, _train, _heldOut, Options, null, source.Token));
        using Tensor<float> small = Samples.Normal(1, 10, 4);
        using var other = new DirectPath(small, small.Transpose(), null);
        Assert.Throws<ShapeException>(
            () => ZeroLayerAnalysis.Of(other, _tokenizer, _train, _heldOut, Options));
    }

    private double Naive(int[] stream)
    {
        using var path = new DirectPath(_embed, _unembed.Transpose(), null);
        double sum = 0;
        int pairs = 0;
        for (int i = 1; i < stream.Length; i++)
        {
            if (stream[i] == _tokenizer.EndOfText)
            {
                continue;
            }

            float[] logits = path.Row(stream[i - 1]);
            sum += Math.Log(logits.Sum(logit => Math.Exp(logit))) - logits[stream[i]];
            pairs++;
        }

        return sum / pairs;
    }

    private sealed class Stages : IProgress<AnalysisProgress>
    {
        public HashSet<string> Seen { get; } = [];

        public void Report(AnalysisProgress value) => Seen.Add(value.Stage);
    }
}
