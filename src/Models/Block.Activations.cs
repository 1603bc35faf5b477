using Vitrine.Tensors;

namespace Vitrine.Models;

/// <content>What a layer computes, by name.</content>
public sealed partial class Block
{
    /// <summary>The activations of a layer with their shapes, in the order of the step.</summary>
    internal static IEnumerable<(string Name, Shape Shape)> Activations(
        TransformerConfig config, LayerNames names, int layer, int batch, int pos, int source)
    {
        AttentionConfig heads = config.Attention![layer];
        NormConfig norm = config.Norm;
        Shape stream = [batch, pos, config.DModel];
        Shape copies = [batch, pos, heads.Heads, config.DModel];
        bool readsNormed = norm.IsBefore && !(norm.SkipsFirst && layer == 0);
        bool sequential = config.Parallel == ParallelKind.None;
        bool hasSecond = (config.Mlp is not null || config.Encoder is not null) && sequential;
        bool crosses = config.Encoder is not null;
        string mlpNorm = crosses ? "ln3" : "ln2";
        return
        [
            (names.ResidPre, stream),
            (names.QInput, copies),
            (names.KInput, copies),
            (names.VInput, copies),
            .. OfNorm("ln1", readsNormed),
            .. AttentionLayer.Activations(
                heads, config.IsRotary, names.Heads, config.DModel, batch, pos, pos),
            .. OfNorm("ln1_post", norm.IsOnOutput),
            (names.AttnOut, stream),
            .. If(hasSecond, names.ResidMid, stream),
            .. OfNorm("ln1", norm.IsAfter),
            .. OfNorm("ln2", norm.IsBefore && crosses),
            .. !crosses ? [] : AttentionLayer.Activations(
                heads, rotary: false, names.CrossHeads, config.DModel, batch, pos, source),
            .. If(crosses, names.CrossAttnOut, stream),
            .. If(crosses, names.ResidMid2, stream),
            .. OfNorm("ln2", norm.IsAfter && crosses),
            .. config.Mlp is not { } mlp ? Array.Empty<(string, Shape)>() :
            [
                (names.MlpIn, stream),
                .. OfNorm(
                    mlpNorm, norm.IsBefore && config.Parallel != ParallelKind.OneNorm),
                .. Mlp.Activations(mlp[layer], names.Mlp, batch, pos),
                .. OfNorm("ln2_post", norm.IsOnOutput),
                (names.MlpOut, stream),
            ],
            (names.ResidPost, stream),
            .. OfNorm(mlpNorm, norm.IsAfter && config.Mlp is not null),
            .. If(norm.IsAfter && config.Mlp is not null, names.NormalizedResidPost, stream),
        ];

        IEnumerable<(string, Shape)> OfNorm(string name, bool exists) =>
            exists ? Norm.Activations(names.Norm(name), stream) : [];

        static IEnumerable<(string, Shape)> If(bool exists, string name, Shape shape) =>
            exists ? [(name, shape)] : [];
    }
}
