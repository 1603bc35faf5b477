using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests;

public sealed class TransformerTests : IDisposable
{
    private static readonly TransformerConfig Config =
        TransformerConfig.ZeroLayer(dModel: 8, vocabulary: 40);

    private readonly string _folder = Directory.CreateTempSubdirectory("vitrine-").FullName;
    private readonly Transformer _model =
        Transformer.Initial(Config, seed: 3, standardDeviation: 0.5f);
    private readonly Tensor<int> _tokens = Tensor.From<int>([1, 5, 39, 0, 5, 7], [2, 3]);
    private readonly Tensor<int> _targets = Tensor.From<int>([5, 39, 2, 5, 7, 0], [2, 3]);

    public void Dispose()
    {
        _model.Dispose();
        _tokens.Dispose();
        _targets.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void WeightsHaveTransformerLensNamesAndShapes() => Assert.Equal(
        ["embed.W_E [40, 8]", "unembed.W_U [8, 40]", "unembed.b_U [40]"],
        _model.Parameters.Select(parameter => $"{parameter.Name} {parameter.Shape}"));

    [Fact]
    public void LogitsAreTheEmbeddingTimesTheUnembeddingPlusTheBias()
    {
        _model.PredictUnigram([.. Enumerable.Range(0, 40).Select(v => (long)v)]);
        using Tape tape = Tape.NoGrad();
        Tensor<float> logits = _model.Forward(tape, _tokens).Value;
        Assert.Equal([2, 3, 40], logits.Shape);
        for (int b = 0; b < 2; b++)
        {
            for (int pos = 0; pos < 3; pos++)
            {
                for (int v = 0; v < 40; v++)
                {
                    double expected = _model.Unembed.B_U.Value[v];
                    for (int d = 0; d < 8; d++)
                    {
                        expected += (double)_model.Embed.W_E.Value[_tokens[b, pos],
                            d] * _model.Unembed.W_U.Value[d, v];
                    }

                    Assert.Equal(expected, logits[b, pos, v], 2e-6);
                }
            }
        }
    }

    [Fact]
    public void TheFusedLossAndItsGradientsEqualTheComposedOnes()
    {
        using var fused = new Tape();
        Var loss = _model.Loss(fused, _tokens, _targets);
        fused.Backward(loss);
        float[][] gradients = [.. _model.Parameters.Select(parameter => parameter.Grad!.ToArray())];
        foreach (Parameter parameter in _model.Parameters)
        {
            parameter.ZeroGrad();
        }

        using var composed = new Tape();
        Var logits = composed.Reshape(_model.Forward(composed, _tokens), -1, 40);
        Var expected = composed.Mean(composed.CrossEntropy(logits, _targets.Reshape(-1)));
        composed.Backward(expected);
        Assert.Equal(expected.Value.Span[0], loss.Value.Span[0], 1e-6f);
        for (int i = 0; i < gradients.Length; i++)
        {
            float[] other = _model.Parameters[i].Grad!.ToArray();
            Assert.All(
                gradients[i].Zip(other), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
            Assert.Contains(other, value => value != 0);
        }
    }

    [Fact]
    public void AnUntrainedModelWithoutAStreamPredictsTheUnigramDistribution()
    {
        using Transformer model = Transformer.Initial(Config, seed: 1, standardDeviation: 0);
        long[] counts = new long[40];
        counts[5] = 60;
        model.PredictUnigram(counts);
        using Tape tape = Tape.NoGrad();
        using Tensor<float> probabilities = Ops.Softmax(model.Forward(tape, _tokens).Value);
        Assert.Equal(0.61f, probabilities[0, 0, 5], 1e-6f);
        Assert.Equal(0.01f, probabilities[1, 2, 0], 1e-6f);
        Assert.Throws<ShapeException>(() => model.PredictUnigram([1, 2]));
    }

    [Fact]
    public void HeadsOfTheFirstLayerCanBeginWithRecentTokens()
    {
        using Transformer model = Transformer.Initial(
            TransformerConfig.AttentionOnly(
                layers: 2, heads: 2, dModel: 8, dHead: 4, vocabulary: 40, context: 64),
            seed: 1);
        model.PreferRecent(0.5f);
        Tensor<float> bias = model.Blocks[0].Attn.RelativeBias!.Value;  // [bucket, head]
        Assert.Equal([0, 0, -0.5f, -0.5f, -1, -1], bias.ToArray()[..6]);
        Assert.Equal(-15.5f, bias[31, 1]);
        Assert.All(
            model.Blocks[1].Attn.RelativeBias!.Value.ToArray(), value => Assert.Equal(0, value));
        _model.PreferRecent(1);  // nothing to set without layers
    }

    [Fact]
    public void TheSameSeedGivesTheSameWeights()
    {
        using Transformer same = Transformer.Initial(Config, seed: 3, standardDeviation: 0.5f);
        using Transformer other = Transformer.Initial(Config, seed: 4, standardDeviation: 0.5f);
        Assert.Equal(_model.Embed.W_E.Value.ToArray(), same.Embed.W_E.Value.ToArray());
        Assert.NotEqual(_model.Embed.W_E.Value.ToArray(), other.Embed.W_E.Value.ToArray());
        Assert.NotEqual(_model.Embed.W_E.Value.ToArray(), _model.Unembed.W_U.Storage.ToArray());
    }

    [Fact]
    public void AModelComesBackFromItsFolder()
    {
        _model.Save(_folder);
        using Transformer loaded = Transformer.Load(_folder);
        Assert.Equal(_model.Config, loaded.Config);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(
                _model.Parameters[i].Value.ToArray(), loaded.Parameters[i].Value.ToArray());
        }

        Assert.Equal([40, 8], loaded.Unembed.W_U.Storage.Shape);
    }

    [Fact]
    public void WeightsOfAnotherShapeAreRefused()
    {
        _model.Save(_folder);
        AtomicFile.WriteAllText(
            Path.Combine(_folder, RunFolder.ConfigFile),
            TransformerConfig.ZeroLayer(16, 40).ToJson());
        var error = Assert.Throws<InvalidDataException>(() => Transformer.Load(_folder));
        Assert.Contains("embed.W_E", error.Message);
        Assert.Contains("[40, 16]", error.Message);
        Assert.Contains("[40, 8]", error.Message);
    }

    [Fact]
    public void AWrongConfigIsRefused() => Assert.Throws<InvalidDataException>(
        () => Transformer.Initial(TransformerConfig.ZeroLayer(0, 40), seed: 1));
}
