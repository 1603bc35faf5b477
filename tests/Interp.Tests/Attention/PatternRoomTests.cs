using Vitrine.Interp.Attention;
using Vitrine.Interp.Attribution;
using Vitrine.Interp.Heads;
using Vitrine.Interp.Patching;
using Vitrine.Models;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Attention;

/// <summary>Patterns that no machine has room for are refused before the pass, with what they would
/// take.</summary>
public class PatternRoomTests
{
    private const int Long = 1 << 17;

    public static TheoryData<string> Analyses => [.. Passes.Keys];

    private static Dictionary<string, Action<Transformer, int[]>> Passes { get; } = new()
    {
        ["attention"] = (model, tokens) => PassageAttention.Of(model, tokens),
        ["attribution"] = (model, tokens) => LogitAttribution.Of(model, tokens),
        ["paths"] = (model, tokens) =>
            PathTerms.Of(model, Tensor.From<int>(tokens, [1, tokens.Length])).Dispose(),
        ["head scores"] = (model, tokens) => HeadScores.OnText(model, [tokens]),
        ["recorded patterns"] = (model, tokens) => new RecordedPass(
            model, Tensor.From<int>(tokens, [1, tokens.Length]), patterns: true).Dispose(),
    };

    [Theory]
    [MemberData(nameof(Analyses))]
    public void A_passage_whose_patterns_would_not_fit_is_refused(string analysis)
    {
        using Transformer model = Transformer.Initial(
            TransformerConfig.AttentionOnly(
                layers: 1, heads: 64, dModel: 2, dHead: 1, vocabulary: 3, context: Long,
                PositionKind.None),
            seed: 1);
        var refused = Assert.Throws<InvalidOperationException>(
            () => Passes[analysis](model, new int[Long]));
        Assert.StartsWith("ActivationCache: the cache needs ", refused.Message);
        Assert.Contains("blocks.0.attn.hook_pattern", refused.Message);
        Assert.EndsWith("give fewer tokens.", refused.Message);
    }
}
