using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>What a model reads: tokens, and where there is more to say, which of them are padding,
/// which segment each belongs to, and what an encoder reads.</summary>
/// <param name="Tokens">int32 [batch, pos]; borrowed.</param>
public readonly record struct ModelInput(Tensor<int> Tokens)
{
    /// <summary>int32 [batch, pos]: 1 for a token, 0 for padding on either side; null for no
    /// padding. Results at padding mean nothing; those of tokens do not depend on it.</summary>
    public Tensor<int>? Mask { get; init; }

    /// <summary>int32 [batch, pos]: the segment of each token; null for 0.</summary>
    public Tensor<int>? Segments { get; init; }

    /// <summary>What the encoder of an encoder-decoder reads; null for other models.</summary>
    public EncoderInput? Source { get; init; }

    /// <summary>Tokens without padding.</summary>
    public static implicit operator ModelInput(Tensor<int> tokens) => new(tokens);
}

/// <summary>What the encoder of an encoder-decoder reads.</summary>
/// <param name="Tokens">int32 [batch, pos]; borrowed.</param>
public sealed record EncoderInput(Tensor<int> Tokens)
{
    /// <inheritdoc cref="ModelInput.Mask"/>
    public Tensor<int>? Mask { get; init; }

    /// <summary>Tokens without padding.</summary>
    public static implicit operator EncoderInput(Tensor<int> tokens) => new(tokens);

    internal ModelInput AsInput => new(Tokens) { Mask = Mask };
}
