using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Oracle;

/// <summary>Every kind of model beside the float64 reference: what it computes on the way, what
/// comes out, the gradient of every weight, and itself after a visit to the disk.</summary>
public class OracleTests
{
    /// <summary>float32 through two layers, as a share of the largest number.</summary>
    private const double Share = 3e-6;

    /// <summary>As <see cref="Share"/>, forward and back.</summary>
    private const double GradientShare = 1e-5;

    /// <summary>Models in which every two choices meet somewhere.</summary>
    public static TheoryData<PositionKind, NormKind, bool, bool, bool, bool> Kinds()
    {
        var kinds = new TheoryData<PositionKind, NormKind, bool, bool, bool, bool>();
        PositionKind[] positions = Enum.GetValues<PositionKind>();
        NormKind[] norms = Enum.GetValues<NormKind>();
        foreach (int[] row in Pairwise.Of(positions.Length, norms.Length, 2, 2, 2, 2))
        {
            kinds.Add(
                positions[row[0]], norms[row[1]], row[2] > 0, row[3] > 0, row[4] > 0, row[5] > 0);
        }

        return kinds;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryKind(
        PositionKind positions, NormKind norm, bool tied, bool biases, bool outputBias,
        bool layersDiffer)
    {
        TransformerConfig config = SmallModel.Config(positions, norm) with
        {
            Embedding = new() { Tied = tied, OutputBias = outputBias },
        };
        AttentionConfig heads = config.SharedAttention with { Biases = biases };
        Check(config with
        {
            Attention = layersDiffer
                ? new PerLayer<AttentionConfig>(
                    [heads, new AttentionConfig { Heads = 2, DHead = 6, Scale = 0.7f }])
                : heads,
        });
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void WithoutLayers(bool tied, bool outputBias) =>
        Check(TransformerConfig.ZeroLayer(dModel: 6, vocabulary: 7) with
        {
            Embedding = new() { Tied = tied, OutputBias = outputBias },
        });

    [Theory]
    [InlineData(6, null, RotaryPairing.Adjacent)]
    [InlineData(6, 4, RotaryPairing.Adjacent)]
    [InlineData(6, 4, RotaryPairing.Halves)]
    [InlineData(6, 0, RotaryPairing.Halves)]
    public void RotaryPairsAndParts(int dHead, int? rotaryDim, RotaryPairing pairing) =>
        Check(SmallModel.Config(PositionKind.Rotary, NormKind.None) with
        {
            Attention = new AttentionConfig { Heads = 3, DHead = dHead },
            Positions = new()
            {
                Kind = PositionKind.Rotary,
                RotaryDim = rotaryDim,
                RotaryPairing = pairing,
                RotaryBase = 50,
            },
        });

    [Fact]
    public void AnotherScaleEpsilonAndOneHead() =>
        Check(SmallModel.Config(PositionKind.Learned, NormKind.LayerNorm) with
        {
            Attention = new AttentionConfig { Heads = 1, DHead = 4, Scale = 0.9f },
            Norm = new() { Kind = NormKind.LayerNorm, Epsilon = 0.3f },
        });

    private static void Check(TransformerConfig config)
    {
        using var small = new SmallModel(config);
        CheckForward(small);
        CheckActivations(small);
        CheckGradients(small);
        CheckFolder(small);
    }

    private static void CheckForward(SmallModel small)
    {
        double[] logits = small.Reference.Logits();
        double[] losses = small.Reference.Losses(logits, small.Targets.ToArray());
        using Tape tape = Tape.NoGrad();
        SmallModel.Near("logits", logits, small.Model.Forward(tape, small.Tokens).Value, Share);
        SmallModel.Near(
            "losses", losses, small.Model.Losses(tape, small.Tokens, small.Targets).Value, Share);
        SmallModel.Near(
            "loss", [losses.Average()],
            small.Model.Loss(tape, small.Tokens, small.Targets).Value, Share);

        // Hooks take the loss through the model by another road, without layers above all.
        SmallModel.Near(
            "loss with hooks", [losses.Average()],
            small.Model.Loss(tape, small.Tokens, small.Targets, hooks: new Hooks()).Value, Share);
    }

    private static void CheckActivations(SmallModel small)
    {
        foreach (bool own in (bool[])[false, true])
        {
            small.Reference.OwnInputs = own;
            small.Reference.Logits();
            string[] names = [.. small.Reference.Seen.Keys];
            using ActivationCache cache = small.Model.RunWithCache(small.Tokens, names);
            Assert.Equal(names.Order(), cache.Names.Order());
            Assert.Equal(
                SmallModel.Names(small.Model.Config).Where(name => own
                    ? !name.Contains(".ln1.", StringComparison.Ordinal)
                    : !name.EndsWith("_input", StringComparison.Ordinal)).Order(),
                names.Order());
            Assert.All(names, name => SmallModel.Near(
                name, small.Reference.Seen[name], cache[name], Share));
        }

        small.Reference.OwnInputs = false;
    }

    private static void CheckGradients(SmallModel small)
    {
        int[] targets = small.Targets.ToArray();
        using Tensor<float> cotangent = Tensor.Empty<float>(
            [SmallModel.Batch, SmallModel.Pos, small.Model.Config.Vocabulary]);
        Ops.RandomNormal(cotangent, seed: 21);
        using Tensor<float> weights = Tensor.Empty<float>([targets.Length]);
        Ops.RandomNormal(weights, seed: 22);
        double[] c = SmallModel.Widened(cotangent);
        double[] w = SmallModel.Widened(weights);
        Dictionary<string, double[][]> expected = small.Model.Parameters.ToDictionary(
            parameter => parameter.Name!,
            parameter => small.ByWeight(parameter.Name!, () =>
            {
                double[] logits = small.Reference.Logits();
                double[] losses = small.Reference.Losses(logits, targets);
                return [SmallModel.Dot(c, logits), SmallModel.Dot(w, losses), losses.Average()];
            }));

        Backward(0, "logits", tape => tape.Backward(
            small.Model.Forward(tape, small.Tokens), cotangent));
        Backward(1, "weighted loss", tape => tape.Backward(
            small.Model.Loss(tape, small.Tokens, small.Targets, weights)));
        Backward(1, "losses", tape => tape.Backward(
            small.Model.Losses(tape, small.Tokens, small.Targets), weights));
        Backward(2, "mean loss", tape => tape.Backward(
            small.Model.Loss(tape, small.Tokens, small.Targets)));
        Backward(2, "mean loss with hooks", tape => tape.Backward(
            small.Model.Loss(tape, small.Tokens, small.Targets, hooks: new Hooks())));

        void Backward(int function, string what, Action<Tape> run)
        {
            foreach (Parameter parameter in small.Model.Parameters)
            {
                parameter.ZeroGrad();
            }

            using var tape = new Tape();
            run(tape);
            double largest = expected.Values.Max(slopes => SmallModel.Largest(slopes[function]));
            foreach (Parameter parameter in small.Model.Parameters)
            {
                // A gradient that vanishes (b_K's: a softmax does not see what all scores share)
                // is held against the largest of the model.
                double[] slopes = expected[parameter.Name!][function];
                double size = Math.Max(SmallModel.Largest(slopes), largest / 10);
                SmallModel.Within(
                    $"{what} by {parameter.Name}", slopes, parameter.Grad, GradientShare * size);
            }
        }
    }

    private static void CheckFolder(SmallModel small)
    {
        using var folder = new TemporaryFolder();
        small.Model.Save(folder.Path);
        using Transformer loaded = Transformer.Load(folder.Path);
        Assert.Equal(small.Model.Config, loaded.Config);
        using SafeTensors file = SafeTensors.Open(folder[RunFolder.ModelFile]);
        Assert.Equal(
            small.Model.Parameters.Select(parameter => parameter.Name!).Order(),
            file.Tensors.Select(tensor => tensor.Name).Order());
        Assert.Equal(!small.Model.Config.Embedding.Tied, file.TryGet("unembed.W_U", out _));
        Assert.Equal(
            small.Model.Parameters.Select(parameter => parameter.Name),
            loaded.Parameters.Select(parameter => parameter.Name));
        foreach ((Parameter first, Parameter second) in
            small.Model.Parameters.Zip(loaded.Parameters))
        {
            Assert.Equal(first.Value.ToArray(), second.Value.ToArray());
        }

        Assert.Equal(small.Model.Config.Embedding.Tied, loaded.Unembed.W_U.IsTied);
        Assert.Equal(small.Model.Unembed.W_U.Value.ToArray(), loaded.Unembed.W_U.Value.ToArray());
        using Tape tape = Tape.NoGrad();
        Assert.Equal(
            small.Model.Forward(tape, small.Tokens).Value.ToArray(),
            loaded.Forward(tape, small.Tokens).Value.ToArray());
    }
}
