using System.Text.Json.Serialization;

namespace Vitrine.Models;

/// <summary>The MLP of a layer: <c>y = act(x W_in + b_in) W_out + b_out</c>, or gated,
/// <c>y = (act(x W_gate) ∘ x W_in) W_out</c>.</summary>
public sealed record MlpConfig
{
    /// <summary>The number of neurons; of one expert, where there are experts.</summary>
    public required int Width { get; init; }

    /// <summary>The function of a neuron.</summary>
    public ActivationKind Activation { get; init; }

    /// <summary>Whether a second product multiplies the neurons (Shazeer 2020).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Gated { get; init; }

    /// <summary>Whether every product has a bias.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Biases { get; init; }

    /// <summary>The bound of gpt-oss: the gate is at most this, the other factor within ± this;
    /// null for none.</summary>
    public float? Limit { get; init; }

    /// <summary>What is added to the factor that the gate multiplies.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public float UpOffset { get; init; }

    /// <summary>Several MLPs, of which each token uses some; null for one.</summary>
    public ExpertConfig? Experts { get; init; }

    internal void Validate()
    {
        ConfigRule.Range("mlp.width", Width, 1, 1_000_000);
        ConfigRule.Known("mlp.activation", Activation);
        ConfigRule.Range("mlp.limit", Limit ?? 1, 1e-6, 1e6);
        ConfigRule.Range("mlp.upOffset", UpOffset, -1e3, 1e3);
        Experts?.Validate();
        if (!Gated && (Limit is not null || UpOffset != 0))
        {
            throw new InvalidDataException(
                "TransformerConfig: mlp.limit and mlp.upOffset are of gated MLPs; set mlp.gated.");
        }
    }
}

/// <summary>The function of a neuron.</summary>
public enum ActivationKind
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>max(x, 0)² (So et al. 2021).</summary>
    ReluSquared,

    /// <summary>x · Φ(x), the exact GELU (Hendrycks and Gimpel 2016).</summary>
    Gelu,

    /// <summary>The GELU of GPT-2, with a hyperbolic tangent.</summary>
    GeluTanh,

    /// <summary>x · σ(1.702 x).</summary>
    QuickGelu,

    /// <summary>x · σ(x), also called swish.</summary>
    Silu,

    /// <summary>x ∘ softmax x over the neurons, then LayerNorm (Elhage et al. 2022).</summary>
    Solu,
}
