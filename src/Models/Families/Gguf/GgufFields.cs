using Vitrine.Models.Checkpoints;
using Vitrine.Models.Checkpoints.Gguf;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Families.Gguf;

/// <summary>What a GGUF file says of its model, in the keys of its architecture and in which tensors
/// it has.</summary>
/// <param name="file">The file.</param>
/// <param name="architecture">What <c>general.architecture</c> says.</param>
internal sealed class GgufFields(GgufFile file, string architecture)
{
    public string Architecture => architecture;

    public int Layers => Int("block_count");

    public int DModel => Int("embedding_length");

    public int Heads => Int("attention.head_count");

    public int DHead => IntOr(Heads > 0 ? DModel / Heads : 0, "attention.key_length");

    public bool Has(string key) => file.Metadata.Contains($"{architecture}.{key}");

    public bool HasTensor(string name) => file.TryGet(name, out _);

    /// <summary>Whether the first layer has a tensor.</summary>
    public bool LayerHas(string name) => HasTensor($"blk.0.{name}");

    public int Int(string key) => Counted(key) ?? (int)file.Metadata.Whole(
        $"{architecture}.{key}");

    public int IntOr(int absent, string key) => Has(key) ? Int(key) : absent;

    public int? MaybeInt(string key) => Has(key) ? Int(key) : null;

    public float? MaybeFloat(string key) => Has(key)
        ? (float)file.Metadata.Number($"{architecture}.{key}") : null;

    public float FloatOr(float absent, string key) => MaybeFloat(key) ?? absent;

    public bool FlagOr(bool absent, string key) =>
        file.Metadata.Flag($"{architecture}.{key}", absent);

    public int Length(string tensor, int axis) => file.TryGet(tensor, out GgufTensor? found)
        && found.Shape.Count > axis ? checked((int)found.Shape[axis])
        : throw new InvalidDataException(
            $"{file.Path}: there is no tensor \"{tensor}\" with an axis {axis}.");

    /// <summary>The numbers of a small tensor; null if there is none.</summary>
    public float[]? Small(string tensor)
    {
        if (!HasTensor(tensor))
        {
            return null;
        }

        using Tensor<float> values = file.ReadFloat(tensor);
        return values.ToArray();
    }

    /// <summary>Rotary positions with the file's base and scaling.</summary>
    public PositionConfig Rotary(RotaryPairing pairing = RotaryPairing.Halves)
    {
        int dim = IntOr(DHead, "rope.dimension_count");
        return new PositionConfig
        {
            Kind = PositionKind.Rotary,
            RotaryBase = FloatOr(10_000, "rope.freq_base"),
            RotaryDim = dim == DHead ? null : dim,
            RotaryPairing = pairing,
            RotaryScaling = Scaling(),
        };
    }

    private RotaryScaling? Scaling()
    {
        float[]? divisors = Small("rope_freqs.weight");
        string kind = file.Metadata.Text($"{architecture}.rope.scaling.type", "none");
        float? factor = MaybeFloat("rope.scaling.factor");
        int? original = MaybeInt("rope.scaling.original_context_length");
        return kind switch
        {
            "none" when divisors is null || divisors.All(divisor => divisor == 1) => null,
            "none" => new() { Kind = RotaryScalingKind.Divisors, Divisors = divisors },
            "linear" => new() { Kind = RotaryScalingKind.Linear, Factor = factor },
            "yarn" => new()
            {
                Kind = RotaryScalingKind.Yarn,
                Factor = factor,
                OriginalContext = original,
                BetaFast = MaybeFloat("rope.scaling.yarn_beta_fast"),
                BetaSlow = MaybeFloat("rope.scaling.yarn_beta_slow"),
                AttentionFactor = MaybeFloat("rope.scaling.attn_factor"),
            },
            "longrope" => new()
            {
                Kind = RotaryScalingKind.LongRope,
                Factor = factor ?? (float)Int("context_length") / (original ?? 1),
                OriginalContext = original,
                AttentionFactor = MaybeFloat("rope.scaling.attn_factor"),
                Divisors = Small("rope_factors_short.weight"),
                LongDivisors = Small("rope_factors_long.weight"),
            },
            _ => throw new InvalidDataException(
                $"{file.Path}: its rotary scaling is '{PrintableText.Value(kind)}', which is not "
                + "supported; none, linear, yarn and longrope are."),
        };
    }

    /// <summary>A count that some files give for each layer: one number, if all are alike.</summary>
    private int? Counted(string key)
    {
        string full = $"{architecture}.{key}";
        if (!file.Metadata.Contains(full) || !file.Metadata.IsArray(full))
        {
            return null;
        }

        long[] counts = [.. file.Metadata.Wholes(full).Distinct()];
        return counts is [var one] ? checked((int)one) : throw new InvalidDataException(
            $"{file.Path}: {full} differs between layers, which is not supported.");
    }
}
