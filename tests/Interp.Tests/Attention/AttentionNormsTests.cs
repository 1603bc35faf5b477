using Vitrine.Interp.Attention;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Attention;

public class AttentionNormsTests
{
    private const int Heads = 4;
    private const int DHead = 8;
    private const int DModel = 32;
    private const int Positions = 12;

    [Fact]
    public void Matches_the_stored_maps_of_a_causal_pre_norm_layer()
    {
        using Stored maps = Stored.Open("norms/tiny-gpt2-0.safetensors");
        using GptLayer layer = GptLayer.Open(maps);
        AttentionNorms norms = layer.Parts.Norms();
        Same(maps, "alpha", norms.Weight);
        Same(maps, "fx_norm", norms.Value);
        Same(maps, "weighted_norm", norms.Weighted);
        Same(maps, "attn_n", norms.AllHeads);
        Same(maps, "attn_w", norms.MeanWeight);
        Same(maps, "attnres_w", norms.MeanWeightWithResidual);
        Same(maps, "attnres_n", norms.WithResidual);
        Same(maps, "attnresln_n", norms.WithNorm!);
        Same(maps, "mix.attn_n", norms.AllHeadsMixing);
        Same(maps, "mix.attnres_n", norms.WithResidualMixing);
        Same(maps, "mix.attnresln_n", norms.WithNormMixing!);
        Same(maps, "mix.attn_w", norms.MeanWeightMixing);
        Same(maps, "mix.attnres_w", norms.MeanWeightWithResidualMixing);
        Assert.InRange(norms.Residual!.Value, 0, 1e-6);
    }

    [Fact]
    public void A_wrong_vector_behind_the_layer_shows_in_the_residual()
    {
        using Stored maps = Stored.Open("norms/tiny-gpt2-0.safetensors");
        using GptLayer layer = GptLayer.Open(maps);
        using Tensor<float> wrong = Ops.Scale(layer.Parts.After!, 1.01f);
        Assert.InRange((layer.Parts with { After = wrong }).Norms().Residual!.Value, 5e-3, 2e-2);
    }

    [Fact]
    public void Products_of_heads_give_the_norms_of_the_vectors_themselves()
    {
        using Parts random = Parts.Random(causal: false);
        AttentionNorms norms = random.Layer.Norms();
        double[,,] r = random.Vectors(residual: false);
        double[,,] withX = random.Vectors(residual: true);
        for (int i = 0; i < Parts.Pos; i++)
        {
            for (int j = 0; j < Parts.Pos; j++)
            {
                Assert.Equal(Norm(r, i, j), norms.AllHeads[(i * Parts.Pos) + j], 1e-5);
                Assert.Equal(Norm(withX, i, j), norms.WithResidual[(i * Parts.Pos) + j], 1e-5);
            }

            Assert.Equal(Ratio(withX, i), norms.WithResidualMixing[i], 1e-5);
            Assert.Equal(Ratio(r, i), norms.AllHeadsMixing[i], 1e-5);
        }

        Assert.Null(norms.WithNorm);
        Assert.Null(norms.WithNormMixing);
        Assert.Null(norms.Residual);
    }

    [Fact]
    public void A_first_causal_query_mixes_nothing()
    {
        using Parts random = Parts.Random(causal: true);
        AttentionNorms norms = random.Layer.Norms();
        Assert.Equal(0, norms.AllHeadsMixing[0]);
        Assert.Equal(0, norms.WithResidualMixing[0]);
        Assert.All(norms.AllHeadsMixing.Skip(1), ratio => Assert.InRange(ratio, 1e-3, 1));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        using Parts random = Parts.Random(causal: true);
        LayerParts wrong = random.Layer with { W_O = random.Layer.W_O.Transpose() };
        var error = Assert.Throws<ShapeException>(() => wrong.Norms());
        Assert.Contains("W_O [head, dHead, dModel]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[3, 6, 2]", error.Message, StringComparison.Ordinal);
    }

    private static double Norm(double[,,] v, int i, int j) =>
        Math.Sqrt(Enumerable.Range(0, v.GetLength(2)).Sum(d => v[i, j, d] * v[i, j, d]));

    private static double Ratio(double[,,] v, int i)
    {
        double others = Math.Sqrt(Enumerable.Range(0, v.GetLength(2)).Sum(d => Math.Pow(
            Enumerable.Range(0, v.GetLength(1)).Where(j => j != i).Sum(j => v[i, j, d]), 2)));
        return others / (others + Norm(v, i, i));
    }

    // The stored maps hold both layers; this is the first.
    private static void Same(Stored maps, string name, float[] actual) =>
        Stored.Near(maps.Values(name).AsSpan(0, actual.Length), actual);

    /// <summary>Layer 0 of a GPT-2 folder in the published layout, its parts computed by the
    /// ops.</summary>
    private sealed class GptLayer(LayerParts parts, IReadOnlyList<Tensor<float>> owned)
        : IDisposable
    {
        public LayerParts Parts { get; } = parts;

        public static GptLayer Open(Stored maps)
        {
            using Stored model = Stored.Open("norms/tiny-gpt2/model.safetensors");
            var owned = new List<Tensor<float>>();
            int[] ids = [5, 17, 99, 3, 42, 17, 99, 8, 0, 63, 5, 17];
            Tensor<float> x = Own(Ops.Add(
                Own(Ops.GatherRows(Read("wte.weight"), Tensor.From<int>(ids))),
                Read("wpe.weight").Slice(0, 0, Positions)));
            Tensor<float> u = Own(Ops.LayerNorm(
                x, Read("h.0.ln_1.weight"), Read("h.0.ln_1.bias"), out _, out _, 1e-5f));
            Tensor<float> qkv = Own(Ops.Add(
                Own(Ops.MatMul(u, Read("h.0.attn.c_attn.weight"))), Read("h.0.attn.c_attn.bias")));
            Tensor<float> q = Own(Third(0).Unsqueeze(0).Clone());
            Tensor<float> k = Own(Third(1).Unsqueeze(0).Clone());
            Tensor<float> pattern = Own(Ops.AttentionPattern(Own(Ops.AttentionScores(q, k))));
            Tensor<float> w_O =
                Own(Read("h.0.attn.c_proj.weight").Reshape(Heads, DHead, DModel).Clone());
            Tensor<float> after = Own(maps.Tensor("resid_mid").Select(0, 0).Clone());
            return new GptLayer(
                new LayerParts(
                    pattern.Select(0, 0), Third(2), w_O, Read("h.0.attn.c_proj.bias"), x,
                    new NextNorm(Read("h.0.ln_2.weight"), 1e-5), after),
                owned);

            Tensor<float> Third(int which) =>
                qkv.Slice(1, which * DModel, DModel).Reshape(Positions, Heads, DHead);

            Tensor<float> Read(string name) => Own(model.Tensor("transformer." + name));

            Tensor<float> Own(Tensor<float> tensor)
            {
                owned.Add(tensor);
                return tensor;
            }
        }

        public void Dispose()
        {
            foreach (Tensor<float> tensor in owned)
            {
                tensor.Dispose();
            }
        }
    }

    /// <summary>Random parts of a small layer.</summary>
    private sealed class Parts(LayerParts layer) : IDisposable
    {
        public const int Pos = 5;
        private const int H = 3;
        private const int Head = 2;
        private const int Model = 6;

        public LayerParts Layer { get; } = layer;

        public static Parts Random(bool causal)
        {
            using Tensor<float> q = Samples.Normal(1, 1, Pos, H, Head);
            using Tensor<float> k = Samples.Normal(2, 1, Pos, H, Head);
            using Tensor<float> scores = Ops.AttentionScores(q, k, new() { BothWays = !causal });
            return new Parts(new LayerParts(
                Ops.AttentionPattern(scores).Reshape(H, Pos, Pos), Samples.Normal(3, Pos, H, Head),
                Samples.Normal(4, H, Head, Model), Samples.Normal(5, Model),
                Samples.Normal(6, Pos, Model)));
        }

        /// <summary>r_ij from its definition, [queryPos, keyPos, dModel].</summary>
        public double[,,] Vectors(bool residual)
        {
            double[,,] r = new double[Pos, Pos, Model];
            for (int i = 0; i < Pos; i++)
            {
                for (int j = 0; j < Pos; j++)
                {
                    for (int d = 0; d < Model; d++)
                    {
                        r[i, j, d] = residual && i == j ? Layer.Stream[i, d] : 0;
                        for (int h = 0; h < H; h++)
                        {
                            for (int e = 0; e < Head; e++)
                            {
                                r[i, j, d] += (double)Layer.Pattern[h, i, j] * Layer.Values[j, h, e]
                                    * Layer.W_O[h, e, d];
                            }
                        }
                    }
                }
            }

            return r;
        }

        public void Dispose()
        {
            foreach (Tensor<float>? tensor in new[] { Layer.Values, Layer.W_O, Layer.B_O,
                Layer.Stream })
            {
                tensor?.Dispose();
            }
        }
    }
}
