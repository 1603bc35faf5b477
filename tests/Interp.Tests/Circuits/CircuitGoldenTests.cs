using System.Numerics;
using Vitrine.Interp.Circuits;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Circuits;

/// <summary>Sections 3 and 4 of the stored analyses: TransformerLens in double precision.</summary>
public class CircuitGoldenTests
{
    private const double Share = 1e-5;

    /// <summary>Of the largest value, where all is computed in double precision and what is stored
    /// is read as float32.</summary>
    private const double DoubleShare = 1e-6;

    private const double VectorShare = 1e-3;

    public static TheoryData<string> Models => ["A", "B", "C", "F"];

    [Theory]
    [MemberData(nameof(Models))]
    public void Eigenvalues_and_copying_scores(string model)
    {
        using var stored = new StoredCircuits(model);
        foreach (Head head in stored.Heads.Heads)
        {
            foreach ((string name, LowRank matrix) in stored.Matrices(head))
            {
                using (matrix)
                {
                    double[] expected = stored.Of($"{name}.eigenvalues", head);
                    Complex[] values = matrix.Eigenvalues();
                    Complex[] wanted =
                        [.. expected.Chunk(2).Select(pair => new Complex(pair[0], pair[1]))];
                    SameMultiset(
                        wanted, values, Share * wanted[0].Magnitude, $"{model} {head} {name}");

                    // A share of the sum of sizes: its scale is 1.
                    Near(stored.Of($"{name}.copying_score", head)[0], Copying.ScoreOf(values),
                        DoubleShare, name);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Singular_values_and_vectors(string model)
    {
        using var stored = new StoredCircuits(model);
        foreach (Head head in stored.Heads.Heads)
        {
            foreach ((string name, LowRank matrix) in stored.Matrices(head))
            {
                using (matrix)
                {
                    SingularValues svd = matrix.Singular();
                    Near(stored.Of($"{name}.singular_values", head), svd.Values, Share, name);
                    if (!name.StartsWith("full", StringComparison.Ordinal))
                    {
                        Near(stored.Of($"{name}.U", head), svd.U, VectorShare, name);
                        Near(stored.Of($"{name}.V", head), svd.V, VectorShare, name);
                    }

                    if (name == "OV")
                    {
                        Near(stored.Of("svd_logits.OV", head), Logits(stored, svd, matrix.Rank),
                            VectorShare, name);
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Copying_of_tokens(string model)
    {
        using var stored = new StoredCircuits(model);
        var tokens = TokenSubset.All(stored.Heads.Config.Vocabulary);
        RandomSpectrum random = RandomSpectrum.Draw(
            stored.Heads.Config.DModel, stored.Heads.Config.DHead, draws: 2);
        foreach (Head head in stored.Heads.Heads)
        {
            Copying copying = Copying.Of(head, stored.Heads[head], tokens, random);
            Near(stored.Of("copying_ov_logits", head)[0], copying.Tokens.OwnLogit,
                DoubleShare * stored.Largest("copying_ov_logits"), "own logit");
            Assert.Equal(stored.Of("copying_ov_top1", head)[0], copying.Tokens.TopSelf, 1e-7);
            Near(stored.Of("full_OV.copying_score", head)[0], copying.Score, DoubleShare,
                "score");
            Assert.Null(copying.Common);
        }
    }

    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    public void Circuits_over_the_vocabulary(string model)
    {
        using var stored = new StoredCircuits(model);
        foreach (Head head in stored.Heads.Heads)
        {
            using HeadCircuits circuits = HeadCircuits.Of(stored.Heads[head]);
            foreach ((string name, LowRank matrix) in ((string, LowRank)[])
                [("full_QK", circuits.QK), ("full_OV", circuits.OV)])
            {
                double[] expected = stored.Of($"{name}.matrix", head);
                using Tensor<float> dense = matrix.Dense();
                Near(expected, [.. dense.ToArray().Select(x => (double)x)], Share, name);
                Entry[] top = LargestEntries.Of(matrix, 3);
                Assert.Equal(expected.Max(), top[0].Value, Share * expected.Max());
                Near(expected[(top[0].Row * 61) + top[0].Column],
                    matrix[top[0].Row, top[0].Column], Share * expected.Max(Math.Abs), name);
            }
        }
    }

    [Theory]
    [InlineData("B")]
    [InlineData("C")]
    [InlineData("F")]
    public void Composition_of_all_pairs(string model)
    {
        using var stored = new StoredCircuits(model);
        Composition composition = stored.Heads.Composition(draws: 300);
        int heads = stored.Heads.Config.Heads;
        Assert.Equal(3 * heads * heads, composition.Edges.Count);
        foreach (CompositionEdge edge in composition.Edges)
        {
            Assert.True(
                Head.TryParse(edge.From, out Head from) & Head.TryParse(edge.To, out Head to));
            double expected = stored.All($"composition.{edge.Kind}")[
                (((((from.Layer * heads) + from.Index) * 2) + to.Layer) * heads) + to.Index];
            Near(expected, edge.Value, DoubleShare * stored.Largest($"composition.{edge.Kind}"),
                $"{edge}");
            Assert.Equal((edge.Value - edge.Mean) / edge.Sd, edge.Z, 1e-9);
        }

        double[] baseline = stored.All("composition_baseline.low_rank");
        double allowed = 4 * baseline[1] * Math.Sqrt((1.0 / 300) + (1.0 / 200));
        Near(baseline[0], composition.Baseline.Mean, allowed, "baseline");
        Assert.InRange(composition.Baseline.Sd / baseline[1], 0.7, 1.4);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_direct_path_is_a_low_rank_matrix_too(string model)
    {
        using var stored = new StoredCircuits(model);
        using LowRank direct = LowRank.Of(
            stored.Model.Embed.W_E.Value, stored.Model.Unembed.W_U.Value);
        double expected = stored.All("direct_path.norm")[0];
        Near(expected, direct.FrobeniusNorm(), Share * expected, "norm");
    }

    private static double[] Logits(StoredCircuits stored, SingularValues svd, int rank)
    {
        Tensor<float> unembed = stored.Model.Unembed.W_U.Value;
        int vectors = Math.Min(4, rank);
        double[] logits = new double[vectors * unembed.Shape[1]];
        for (int k = 0; k < vectors; k++)
        {
            for (int token = 0; token < unembed.Shape[1]; token++)
            {
                for (int i = 0; i < unembed.Shape[0]; i++)
                {
                    logits[(k * unembed.Shape[1]) + token] += svd.V[(i * rank) + k] * unembed[i,
                        token];
                }
            }
        }

        return logits;
    }

    private static void SameMultiset(
        Complex[] expected, Complex[] actual, double tolerance, string what)
    {
        var left = actual.ToList();
        foreach (Complex value in expected)
        {
            Complex nearest = left.MinBy(other => Complex.Abs(other - value));
            Assert.True(
                Complex.Abs(nearest - value) <= tolerance, $"{what}: {value} became {nearest}");
            left.Remove(nearest);
        }
    }

    private static void Near(double expected, double actual, double tolerance, string what) =>
        Assert.True(
            Math.Abs(expected - actual) <= tolerance, $"{what}: {expected} expected; got {actual}");

    private static void Near(double[] expected, double[] actual, double share, string what)
    {
        double largest = expected.Max(Math.Abs);
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Near(expected[i], actual[i], share * largest, $"{what}[{i}]");
        }
    }

    private sealed class StoredCircuits : IDisposable
    {
        private readonly Stored _file;

        public StoredCircuits(string model)
        {
            _file = Stored.Open($"analyses/{model}/circuits.safetensors");
            Model = Transformer.Load(Stored.PathOf($"analyses/{model}"));
            Heads = new HeadReading(Model);
        }

        public Transformer Model { get; }

        public HeadReading Heads { get; }

        public double[] All(string name) =>
            Array.ConvertAll(_file.Values(name), value => (double)value);

        public double Largest(string name) => All(name).Max(Math.Abs);

        /// <summary>The part of one head of a stack [layer, head, …].</summary>
        public double[] Of(string name, Head head)
        {
            double[] all = All(name);
            int each = all.Length / (Heads.Config.Layers * Heads.Config.Heads);
            return all[(((head.Layer * Heads.Config.Heads) + head.Index) * each)..][..each];
        }

        public IEnumerable<(string Name, LowRank Matrix)> Matrices(Head head)
        {
            HeadWeights weights = Heads[head];
            HeadCircuits circuits = HeadCircuits.Of(weights);
            return
            [
                ("OV", weights.OV()), ("QK", weights.QK()), ("full_OV", circuits.OV),
                ("full_QK", circuits.QK),
            ];
        }

        public void Dispose()
        {
            Heads.Dispose();
            Model.Dispose();
            _file.Dispose();
        }
    }
}
