using Vitrine.Models.Checkpoints;
using Vitrine.Models.Positions;
using Vitrine.Models.Tests.Oracle;
using Vitrine.Tensors;

namespace Vitrine.Models.Tests.Activations;

public sealed class ActivationCacheTests : IDisposable
{
    private readonly SmallModel _small = new(
        SmallModel.Config(PositionKind.Rotary, NormKind.LayerNorm));

    private readonly ActivationCache _cache;

    public ActivationCacheTests() => _cache = _small.Model.RunWithCache(_small.Tokens);

    public void Dispose()
    {
        _cache.Dispose();
        _small.Dispose();
    }

    [Fact]
    public void AHeadIsAViewOfItsNumbers()
    {
        string[] withHeads = [.. _cache.Names.Where(name => _cache[name].Rank == 4)];
        Assert.Equal(2 * 9, withHeads.Length);
        foreach (string name in withHeads)
        {
            Tensor<float> all = _cache[name];
            bool square = name.EndsWith("scores", StringComparison.Ordinal)
                || name.EndsWith("pattern", StringComparison.Ordinal);
            for (int head = 0; head < 3; head++)
            {
                Tensor<float> one = _cache.Head(name, head);
                Assert.True(one.SharesMemoryWith(all), name);
                Assert.Equal([2, 5, square ? 5 : all.Shape[3]], one.Shape);
                for (int b = 0; b < 2; b++)
                {
                    for (int pos = 0; pos < 5; pos++)
                    {
                        for (int i = 0; i < one.Shape[2]; i++)
                        {
                            Assert.Equal(
                                square ? all[b, head, pos, i] : all[b, pos, head, i],
                                one[b, pos, i]);
                        }
                    }
                }
            }
        }
    }

    [Fact]
    public void APositionIsAViewOfItsNumbersOfQueriesWhereThereAreKeys()
    {
        Tensor<float> pattern = _cache[HookNames.Pattern(1)];          // [batch, head, query, key]
        Tensor<float> result = _cache[HookNames.Result(1)];            // [batch, pos, head, dModel]
        Tensor<float> resid = _cache[HookNames.ResidPost(1)];          // [batch, pos, dModel]
        for (int pos = 0; pos < 5; pos++)
        {
            Tensor<float> query = _cache.Position(HookNames.Pattern(1), pos);
            Tensor<float> heads = _cache.Position(HookNames.Result(1), pos);
            Tensor<float> stream = _cache.Position(HookNames.ResidPost(1), pos);
            Assert.Equal([2, 3, 5], query.Shape);
            Assert.Equal([2, 3, 6], heads.Shape);
            Assert.Equal([2, 6], stream.Shape);
            Assert.True(query.SharesMemoryWith(pattern));
            for (int b = 0; b < 2; b++)
            {
                for (int i = 0; i < 3; i++)
                {
                    Assert.Equal(pattern[b, i, pos, 0], query[b, i, 0]);
                    Assert.Equal(result[b, pos, i, 5], heads[b, i, 5]);
                    Assert.Equal(resid[b, pos, i], stream[b, i]);
                }
            }
        }

        Assert.Equal(1, _cache.Position(HookNames.Pattern(0), 0)[1, 2, 0]);
        Assert.Equal([2, 3, 5], _cache.Position(HookNames.AttnScores(0), 1).Shape);
    }

    [Fact]
    public void ALayerHasItsActivationsAndNoOthers()
    {
        foreach (int layer in (int[])[0, 1])
        {
            IReadOnlyDictionary<string, Tensor<float>> held = _cache.Layer(layer);
            Assert.Equal(
                _cache.Names.Where(name => HookNames.LayerOf(name) == layer),
                held.Keys.Select(name => $"blocks.{layer}.{name}"));
            Assert.All(
                held, one => Assert.Same(_cache[$"blocks.{layer}.{one.Key}"], one.Value));
            Assert.Same(_cache[HookNames.Pattern(layer)], held["attn.hook_pattern"]);
        }
    }

    [Fact]
    public void AFileHasTheActivationsByNameWithTokensAndLogits()
    {
        using var folder = new TemporaryFolder();
        string path = folder["all.safetensors"];
        _cache.Save(path);
        using (SafeTensors file = SafeTensors.Open(path))
        {
            Assert.Equal([.. _cache.Names.Append("tokens").Append("logits").Order()], Names(file));
            using Tensor<float> pattern = file.ReadFloat(HookNames.Pattern(1));
            using Tensor<float> logits = file.ReadFloat("logits");
            using Tensor<int> tokens = file.ReadInt("tokens");
            Assert.Equal([2, 3, 5, 5], pattern.Shape);
            Assert.Equal(_cache[HookNames.Pattern(1)].ToArray(), pattern.ToArray());
            Assert.Equal(_cache[HookNames.UnembedOut].ToArray(), logits.ToArray());
            Assert.Equal(_small.Tokens.ToArray(), tokens.ToArray());
        }

        _cache.Save(path, HookNames.Z(0));
        using (SafeTensors file = SafeTensors.Open(path))
        {
            Assert.Equal(["blocks.0.attn.hook_z", "logits", "tokens"], Names(file));
        }

        using ActivationCache without = _small.Model.RunWithCache(_small.Tokens, HookNames.Z(0));
        without.Save(path);
        using (SafeTensors file = SafeTensors.Open(path))
        {
            Assert.Equal(["blocks.0.attn.hook_z", "tokens"], Names(file));
        }

        Assert.Throws<KeyNotFoundException>(() => without.Save(path, HookNames.Z(1)));

        static string[] Names(SafeTensors file) =>
            [.. file.Tensors.Select(tensor => tensor.Name).Order()];
    }

    [Fact]
    public void WhatIsNotThereIsRefusedWithWhatIs()
    {
        Assert.Equal(
            "ActivationCache: blocks.0.hook_resid_pre [2, 5, 6] has no axis of heads.",
            Assert.Throws<ArgumentException>(() => _cache.Head(HookNames.ResidPre(0), 0))
                .Message.Split(" (Parameter")[0]);
        Assert.Equal(
            "ActivationCache: blocks.0.attn.hook_z has the heads 0 … 2; got 3.",
            Refused(() => _cache.Head(HookNames.Z(0), 3)));
        Assert.Equal(
            "ActivationCache: blocks.0.attn.hook_pattern has the heads 0 … 2; got -1.",
            Refused(() => _cache.Head(HookNames.Pattern(0), -1)));
        Assert.Equal(
            "ActivationCache: blocks.0.attn.hook_pattern has the positions 0 … 4; got 5.",
            Refused(() => _cache.Position(HookNames.Pattern(0), 5)));
        Assert.Equal(
            "ActivationCache: hook_embed has the positions 0 … 4; got -1.",
            Refused(() => _cache.Position(HookNames.Embed, -1)));
        Assert.False(_cache.Contains(HookNames.QInput(0)));
        Assert.StartsWith(
            "ActivationCache: it holds no 'blocks.0.hook_q_input'; it holds hook_embed, ",
            Assert.Throws<KeyNotFoundException>(() => _cache[HookNames.QInput(0)]).Message);

        Assert.Equal(
            "ActivationCache: it holds nothing of layer 2; it holds some of the layers 0, 1.",
            Refused(() => _cache.Layer(2)));
        using ActivationCache other = _small.Model.RunWithCache(_small.Tokens, HookNames.Embed);
        Assert.Equal(
            "ActivationCache: it holds nothing of layer 0; it holds none of any layer.",
            Refused(() => other.Layer(0)));

        static string Refused(Func<object> call) =>
            Assert.Throws<ArgumentOutOfRangeException>(call).Message.Split(" (Parameter")[0];
    }

    [Fact]
    public void TheCacheOwnsWhatItHolds()
    {
        Assert.Equal(_small.Tokens.ToArray(), _cache.Tokens.ToArray());
        Assert.False(_cache.Tokens.SharesMemoryWith(_small.Tokens));
        Assert.Equal(
            Transformer.Activations(_small.Model.Config, 2, 5)
                .Where(entry => !entry.Name.EndsWith("_input", StringComparison.Ordinal))
                .Sum(entry => entry.Shape.Length * 4),
            _cache.Bytes);
        ActivationCache other = _small.Model.RunWithCache(_small.Tokens, HookNames.Z(0));
        Assert.Equal([HookNames.Z(0)], other.Names);
        Assert.Equal(_cache[HookNames.Z(0)].ToArray(), other[HookNames.Z(0)].ToArray(), Close);
        Tensor<float> z = other[HookNames.Z(0)];
        other.Dispose();
        Assert.True(z.IsDisposed);
        Assert.True(other.Tokens.IsDisposed);
    }

    /// <summary>The fused pass rounds otherwise than the explicit one.</summary>
    private static bool Close(float a, float b) => MathF.Abs(a - b) < 1e-5f;
}
