using System.Text.Json.Serialization;

namespace Vitrine.Models;

/// <summary>How tokens enter the residual stream and how the stream becomes logits.</summary>
public sealed record EmbeddingConfig
{
    /// <summary>Whether W_U is W_Eᵀ, one weight.</summary>
    public bool Tied { get; init; }

    /// <summary>Whether the logits have a bias; without one it is zero and is not
    /// trained.</summary>
    public bool OutputBias { get; init; } = true;

    /// <summary>Whether the model has no unembedding, as an encoder of sentences: it gives a stream,
    /// not logits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NoLogits { get; init; }

    /// <summary>The factor on token embeddings; null for none.</summary>
    public float? Scale { get; init; }

    /// <summary>Whether the sum of the embeddings is normed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Norm { get; init; }

    /// <summary>How many kinds of segments have an embedding, as BERT's sentences A and B; 0 for
    /// none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Segments { get; init; }

    /// <summary>The width of token embeddings, where it is not the stream's; null for the
    /// stream's.</summary>
    public int? Width { get; init; }

    /// <summary>Whether the sum of all embeddings, normed, is widened, with a bias (ALBERT,
    /// ELECTRA); else only those of tokens are, without one (OPT).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool WidensSum { get; init; }

    /// <summary>The factor on the logits; null for none.</summary>
    public float? LogitScale { get; init; }

    /// <summary>The cap c of logits, <c>c · tanh(logit / c)</c>; null for none.</summary>
    public float? LogitSoftCap { get; init; }

    /// <summary>What the stream passes before the unembedding; null for nothing.</summary>
    public OutputTransformConfig? Transform { get; init; }

    internal void Validate(int dModel)
    {
        ConfigRule.Range("embedding.scale", Scale ?? 1, 1e-6, 1e6);
        ConfigRule.Range("embedding.segments", Segments, 0, 1_000);
        ConfigRule.Range("embedding.width", Width ?? 1, 1, 65_536);
        ConfigRule.Range("embedding.logitScale", LogitScale ?? 1, 1e-6, 1e6);
        ConfigRule.Range("embedding.logitSoftCap", LogitSoftCap ?? 1, 1e-6, 1e6);
        Transform?.Validate();
        int read = Transform?.Width ?? dModel;
        if (Tied && read != (Width ?? dModel))
        {
            throw new InvalidDataException(
                "TransformerConfig: a tied unembedding reads rows as wide as the embeddings, "
                + $"{Width ?? dModel}; got {read}; set embedding.transform.width.");
        }
    }
}

/// <summary>A layer between the stream and the unembedding: BERT's masked-language head, or a
/// change of width.
/// <code>y = norm(act(x W + b))</code></summary>
public sealed record OutputTransformConfig
{
    /// <summary>The width of the result; null for the stream's.</summary>
    public int? Width { get; init; }

    /// <summary>The function after the product; null for none.</summary>
    public ActivationKind? Activation { get; init; }

    /// <summary>Whether the product has a bias.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Bias { get; init; }

    /// <summary>Whether the result is normed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Norm { get; init; }

    internal void Validate()
    {
        ConfigRule.Range("embedding.transform.width", Width ?? 1, 1, 65_536);
        if (Activation is { } activation)
        {
            ConfigRule.Known("embedding.transform.activation", activation);
        }
    }
}
