using System.Text.Json;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models.Families;

/// <summary>The fields of a published <c>config.json</c>, by the names that transformers 5 or 4
/// gives them.</summary>
/// <param name="json">The object.</param>
internal sealed class HfConfig(JsonElement json)
{
    /// <summary>The family's name, <c>model_type</c>.</summary>
    public string ModelType => Text("model_type");

    /// <summary>The first of <c>architectures</c>, such as GPT2LMHeadModel; null for none.</summary>
    public string? Architecture => Field("architectures") is { ValueKind: JsonValueKind.Array } list
        && list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.String
        ? list[0].GetString() : null;

    /// <summary>Whether a field is there and not null.</summary>
    public bool Has(string name) => Field(name) is not null;

    /// <summary>A whole number, by the first of the names that is there.</summary>
    /// <exception cref="InvalidDataException">None is, or it is no whole number.</exception>
    public int Int(params ReadOnlySpan<string> names) => MaybeInt(names)
        ?? throw new InvalidDataException($"it has no '{names[0]}'.");

    /// <summary>As <see cref="Int(ReadOnlySpan{string})"/>, with a default.</summary>
    public int IntOr(int absent, params ReadOnlySpan<string> names) => MaybeInt(names) ?? absent;

    /// <summary>As <see cref="Int(ReadOnlySpan{string})"/>, null if absent.</summary>
    public int? MaybeInt(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Field(name) is { } value)
            {
                return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
                    ? number : throw Wrong(name, value, "a whole number");
            }
        }

        return null;
    }

    /// <summary>A number, by the first of the names that is there.</summary>
    public float Float(float absent, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (MaybeFloat(name) is { } number)
            {
                return number;
            }
        }

        return absent;
    }

    /// <summary>A number; null if absent.</summary>
    public float? MaybeFloat(string name) => Field(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number)
        && float.IsFinite(number) ? number : throw Wrong(name, value, "a number");

    /// <summary>True or false.</summary>
    public bool Bool(string name, bool absent = false) => Field(name) is not { } value ? absent
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Wrong(name, value, "true or false");

    /// <summary>A text, by the first of the names that is there.</summary>
    public string Text(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Field(name) is { } value)
            {
                return value.ValueKind == JsonValueKind.String ? value.GetString()!
                    : throw Wrong(name, value, "a text");
            }
        }

        throw new InvalidDataException($"it has no '{names[0]}'.");
    }

    /// <summary>A list; null if absent.</summary>
    public T[]? List<T>(string name, Func<JsonElement, T?> read)
        where T : struct
    {
        if (Field(name) is not { } list)
        {
            return null;
        }

        return list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(one => read(one) ?? throw Wrong(name, list, "a list of such values"))]
            : throw Wrong(name, list, "a list");
    }

    /// <summary>A list of whole numbers; null if absent.</summary>
    public int[]? Ints(string name) => List<int>(
        name, one => one.ValueKind == JsonValueKind.Number && one.TryGetInt32(out int number)
            ? number : null);

    /// <summary>A list of numbers; null if absent.</summary>
    public float[]? Floats(string name) => List<float>(
        name, one => one.ValueKind == JsonValueKind.Number && one.TryGetSingle(out float number)
            ? number : null);

    /// <summary>A list with one of these texts for each layer, true for the first of them; null if
    /// absent.</summary>
    public bool[]? Kinds(string name, string yes, string no) => List<bool>(
        name, one => one.ValueKind != JsonValueKind.String ? null
            : one.GetString() == yes ? true : one.GetString() == no ? false : null);

    /// <summary>A part that is an object; null if absent.</summary>
    public HfConfig? Part(string name) => Field(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new HfConfig(value)
        : throw Wrong(name, value, "an object");

    /// <summary>Refuses a field whose value asks for a computation that does not exist
    /// here.</summary>
    /// <param name="name">The field.</param>
    /// <param name="nothing">What it may be, as JSON spells it; it may also be absent or
    /// null.</param>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public HfConfig Require(string name, params ReadOnlySpan<string> nothing) =>
        Field(name) is not { } value || nothing.Contains(value.GetRawText().Trim('"')) ? this
        : throw new InvalidDataException(
            $"{name} is {value.Quoted()}, which changes what the model computes and is not "
            + "supported.");

    /// <summary>The function of neurons.</summary>
    /// <exception cref="InvalidDataException">It is not one of those there are.</exception>
    public ActivationKind Activation(params ReadOnlySpan<string> names)
    {
        string field = names[0];
        foreach (string other in names)
        {
            field = Has(field) ? field : other;
        }

        string name = Text(field);
        return name switch
        {
            "relu" => ActivationKind.Relu,
            "relu2" => ActivationKind.ReluSquared,
            "gelu" => ActivationKind.Gelu,
            "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => ActivationKind.GeluTanh,
            "quick_gelu" => ActivationKind.QuickGelu,
            "silu" or "swish" => ActivationKind.Silu,
            _ => throw new InvalidDataException(
                $"{field} is '{PrintableText.Value(name)}', an activation that is not "
                + "supported; relu, relu2, gelu, gelu_new, gelu_pytorch_tanh, quick_gelu and silu "
                + "are."),
        };
    }

    /// <summary>The width of a head: <c>head_dim</c>, or the stream's share.</summary>
    public int HeadDim(int dModel, int heads) => MaybeInt("head_dim")
        ?? (heads > 0 && dModel % heads == 0 ? dModel / heads : throw new InvalidDataException(
            $"the {dModel} entries of the stream do not divide into {heads} heads."));

    /// <summary>Rotary positions, in the form of transformers 5, <c>rope_parameters</c>, or 4,
    /// <c>rope_theta</c> and <c>rope_scaling</c>.</summary>
    /// <param name="dHead">The width of a head.</param>
    /// <param name="kind">The kind of layer, where they differ in base, as
    /// <c>rope_parameters</c> calls it.</param>
    /// <param name="theta">The name of this kind's base in the older form; null for
    /// <c>rope_theta</c>.</param>
    /// <param name="scaled">Whether the older form's <c>rope_scaling</c> is of these
    /// layers.</param>
    /// <param name="pairing">Which entries are rotated together.</param>
    public PositionConfig Rotary(
        int dHead, string? kind = null, string? theta = null, bool scaled = true,
        RotaryPairing pairing = RotaryPairing.Halves)
    {
        HfConfig? parameters = Part("rope_parameters");
        parameters = kind is not null && parameters?.Has(kind) == true
            ? parameters.Part(kind) : parameters;
        HfConfig? scaling = parameters ?? (scaled ? Part("rope_scaling") : null);
        float share = parameters?.MaybeFloat("partial_rotary_factor")
            ?? Float(1, "partial_rotary_factor", "rotary_pct", "rope_pct");
        return new PositionConfig
        {
            Kind = PositionKind.Rotary,
            RotaryBase = parameters?.MaybeFloat("rope_theta")
                ?? Float(10_000, theta ?? "rope_theta", "rotary_emb_base"),
            RotaryDim = share == 1 ? null : (int)(dHead * share),
            RotaryPairing = pairing,
            RotaryScaling = scaling is null ? null : Scaling(scaling),
        };
    }

    /// <summary>The norm of pre-norm blocks.</summary>
    public NormConfig Norm(NormKind kind, float epsilon, params ReadOnlySpan<string> names) =>
        new() { Kind = kind, Epsilon = Float(epsilon, names) };

    private RotaryScaling? Scaling(HfConfig scaling)
    {
        string name = scaling.Has("rope_type") || scaling.Has("type")
            ? scaling.Text("rope_type", "type") : "default";
        int? original = scaling.MaybeInt("original_max_position_embeddings")
            ?? MaybeInt("original_max_position_embeddings");
        int? context = MaybeInt("max_position_embeddings");
        float? factor = scaling.MaybeFloat("factor");
        switch (name)
        {
            case "default":
                return null;
            case "linear":
                return new() { Kind = RotaryScalingKind.Linear, Factor = factor };
            case "llama3":
                return new()
                {
                    Kind = RotaryScalingKind.Llama3,
                    Factor = factor,
                    OriginalContext = original ?? context,
                    LowFrequencyFactor = scaling.MaybeFloat("low_freq_factor"),
                    HighFrequencyFactor = scaling.MaybeFloat("high_freq_factor"),
                };
            case "yarn":
                scaling.Require("mscale").Require("mscale_all_dim");
                return new()
                {
                    Kind = RotaryScalingKind.Yarn,
                    Factor = factor,
                    OriginalContext = original ?? context,
                    BetaFast = scaling.MaybeFloat("beta_fast"),
                    BetaSlow = scaling.MaybeFloat("beta_slow"),
                    Unrounded = !scaling.Bool("truncate", true),
                    AttentionFactor = scaling.MaybeFloat("attention_factor"),
                };
            case "longrope" or "su":
                return new()
                {
                    Kind = RotaryScalingKind.LongRope,
                    Factor = context is { } most && original is { } first
                        ? (float)most / first : factor,
                    OriginalContext = original ?? context,
                    AttentionFactor = scaling.MaybeFloat("attention_factor"),
                    Divisors = scaling.Floats("short_factor"),
                    LongDivisors = scaling.Floats("long_factor"),
                };
            default:
                throw new InvalidDataException(
                    $"its rotary scaling is '{PrintableText.Value(name)}', which is not supported; "
                    + "default, linear, llama3, yarn and longrope are.");
        }
    }

    private JsonElement? Field(string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
        ? value : null;

    private static InvalidDataException Wrong(string name, JsonElement value, string wanted) =>
        new($"{name} must be {wanted}; got {value.Quoted()}.");
}
