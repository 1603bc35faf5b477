using Vitrine.Tensors;

namespace Vitrine.Models;

/// <content>What a model computes, by name.</content>
public sealed partial class Transformer
{
    /// <summary>Every activation of a model with its shape, in the order of the forward
    /// pass.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="batch">Sequences.</param>
    /// <param name="pos">Tokens in each.</param>
    /// <param name="source">Tokens in each that an encoder reads; null for as many.</param>
    public static IEnumerable<(string Name, Shape Shape)> Activations(
        TransformerConfig config, int batch, int pos, int? source = null)
    {
        int read = source ?? pos;
        OutputTransformConfig? transform = config.Embedding.Transform;
        Shape unembedded = [batch, pos, transform?.Width ?? config.DModel];
        return
        [
            .. config.Encoder is { } encoder
                ? OfStack(encoder, StackNames.Encoder, StackNames.Encoder.Prefix, batch, read, read)
                : [],
            .. OfStack(config, StackNames.Of(config), "", batch, pos, read),
            .. transform?.Norm == true
                ? Norm.Activations(OutputTransform.HooksOf(config), unembedded) : [],
            (HookNames.UnembedIn, unembedded),
            (HookNames.UnembedOut, [batch, pos, config.Vocabulary]),
        ];
    }

    private static IEnumerable<(string Name, Shape Shape)> OfStack(
        TransformerConfig config, StackNames names, string prefix, int batch, int pos, int source) =>
    [
        .. Embed.Activations(config, prefix, batch, pos),
        .. Enumerable.Range(0, config.Layers).SelectMany(layer => Block.Activations(
            config, names.Layer(layer), layer, batch, pos, source)),
        .. config.Norm.Kind == NormKind.None || config.Norm.IsAfter
            ? [] : Norm.Activations(names.LnFinal, [batch, pos, config.DModel]),
    ];
}
