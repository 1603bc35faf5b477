using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>A transformer, driven by its config; it owns its weights.</summary>
/// <remarks>
/// Weights carry TransformerLens' names and shapes. <see cref="Forward"/> read from top to bottom
/// matches the figure of the paper: tokens into the residual stream, layers that read it and add to it,
/// the stream into logits. Without layers it is a bigram model: <c>logits = W_E[token] W_U +
/// b_U</c>. Several threads may run passes over one model, each on a tape of its own; only one at a
/// time may run backward into its parameters or change them.
/// </remarks>
public sealed partial class Transformer : IDisposable
{
    private readonly Dictionary<(PositionConfig, AttentionConfig), PositionTables> _positions = [];
    private readonly StackNames _names;
    private readonly Unembed? _unembed;

    internal Transformer(TransformerConfig config, ParameterSource source)
        : this(config, source, StackNames.Of(config), shared: null)
    {
    }

    private Transformer(
        TransformerConfig config, ParameterSource source, StackNames names, Parameter? shared)
    {
        (Config, Device, _names) = (config, source.Device, names);
        string prefix = shared is null ? "" : names.Prefix;
        Embed = new Embed(config, source, prefix, shared);
        PositionEmbed = config.Positions.HasVectors
            ? new PositionEmbed(config, source, prefix) : null;
        Encoder = config.Encoder is { } encoder
            ? new Transformer(encoder, source, StackNames.Encoder, Embed.W_E) : null;
        var blocks = new Block[config.Layers];
        for (int layer = 0; layer < blocks.Length; layer++)
        {
            ParameterSource own = config.SharedLayers && layer > 0
                ? new SharedParameters(blocks[0].Parameters, names.Layer(0), names.Layer(layer))
                : source;
            blocks[layer] = new Block(
                config, layer, names.Layer(layer), own,
                PositionsOf(config.PositionsOf(layer), config.Attention![layer]), PositionEmbed,
                blocks[0]);
        }

        Blocks = blocks;
        LnFinal = config.Norm.Kind == NormKind.None || config.Norm.IsAfter || config.Layers == 0
            ? null : new Norm(names.LnFinal, config.DModel, config.Norm, source);
        _unembed = shared is null ? new Unembed(config, Embed, source) : null;
        Parameters = [.. AllParameters().Distinct()];
    }

    /// <summary>The model's shape.</summary>
    public TransformerConfig Config { get; }

    /// <summary>The device of its weights.</summary>
    public Device Device { get; }

    /// <summary>Tokens into the residual stream.</summary>
    public Embed Embed { get; }

    /// <summary>A vector for each position; null for other kinds of positions.</summary>
    public PositionEmbed? PositionEmbed { get; }

    /// <summary>The encoder whose output the layers attend to; null for none. It has no
    /// unembedding.</summary>
    public Transformer? Encoder { get; }

    /// <summary>The layers.</summary>
    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>The norm before the unembedding; null for none.</summary>
    public Norm? LnFinal { get; }

    /// <summary>The residual stream into logits.</summary>
    /// <exception cref="InvalidOperationException">This is the encoder of an encoder-decoder, which
    /// has none.</exception>
    public Unembed Unembed => _unembed ?? throw new InvalidOperationException(
        "Transformer: the encoder of an encoder-decoder has no unembedding; run the whole model.");

    /// <summary>Every weight that is trained, in the order of the forward pass.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Beyond how many positions all keys are rotated anew; null for never.</summary>
    internal int? RotatesAnewFrom => Blocks.Count == 0 ? null : Blocks[0].Attn.RotatesAnewFrom;

    /// <summary>Sequences as a batch on the model's device.</summary>
    /// <param name="rows">Tokens, the same number in each.</param>
    /// <returns>int32 [batch, pos]; the caller owns it.</returns>
    /// <exception cref="ShapeException">The rows have different lengths.</exception>
    public Tensor<int> Batch(IReadOnlyList<int[]> rows)
    {
        int length = rows.Count == 0 ? 0 : rows[0].Length;
        return rows.All(row => row.Length == length)
            ? Tensor.From<int>([.. rows.SelectMany(row => row)], [rows.Count, length], Device)
            : throw new ShapeException(
                "Transformer: sequences of a batch must have the same length; got "
                + $"{string.Join(", ", rows.Select(row => row.Length).Distinct())} tokens.");
    }

    /// <summary>One sequence as a batch on the model's device.</summary>
    /// <returns>int32 [1, pos]; the caller owns it.</returns>
    public Tensor<int> Batch(ReadOnlySpan<int> tokens) =>
        Tensor.From(tokens, [1, tokens.Length], Device);

    /// <summary>The logits of the next token at every position; of an encoder, of the token
    /// itself.</summary>
    /// <param name="tape">The tape that records it; it owns the result.</param>
    /// <param name="tokens">int32 [batch, pos], or these with padding, segments or what an encoder
    /// reads.</param>
    /// <param name="hooks">What to do with activations on the way.</param>
    /// <returns>float32 [batch, pos, vocab].</returns>
    /// <exception cref="ArgumentException">The tokens exceed the context, or a hook names no
    /// activation.</exception>
    public Var Forward(Tape tape, ModelInput tokens, Hooks? hooks = null)
    {
        StepPositions at = Sees(tape, tokens, hooks);
        Var resid = Embedded(tape, tokens, hooks, at);                // [batch, pos, dModel]
        resid = Through(tape, resid, 0, Config.Layers, hooks, at);    // [batch, pos, dModel]
        return Logits(tape, resid, hooks);                            // [batch, pos, vocab]
    }

    /// <summary>The stream before the first layer.</summary>
    /// <param name="tape">The tape that records it; it owns the result.</param>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="hooks">For hook_embed and hook_pos_embed.</param>
    /// <param name="first">The position of the first token.</param>
    /// <returns>float32 [batch, pos, dModel].</returns>
    /// <inheritdoc cref="Forward" path="/exception"/>
    public Var Embedded(Tape tape, Tensor<int> tokens, Hooks? hooks = null, int first = 0) =>
        Embedded(tape, tokens, hooks, new StepPositions(first));

    /// <summary>What the layers see beside the stream: padding, and what the encoder makes of its
    /// source.</summary>
    internal StepPositions Sees(Tape tape, ModelInput input, Hooks? hooks, int first = 0)
    {
        hooks?.Check(Config);
        if ((input.Source is null) != (Encoder is null))
        {
            throw new ArgumentException(
                Encoder is null
                    ? "Transformer: only an encoder-decoder has a source; leave it out."
                    : "Transformer: an encoder-decoder needs what its encoder reads; set Source.",
                nameof(input));
        }

        Padding? padding = PaddingOf(tape, input);
        return new StepPositions(first)
        {
            Padding = padding,
            Encoded = Encoder?.Encoded(tape, input.Source!.AsInput, hooks),
            EncodedPadding = input.Source is null ? null : PaddingOf(tape, input.Source.AsInput),
        };
    }

    /// <summary>The output of this as an encoder, float32 [batch, pos, dModel].</summary>
    internal Var Encoded(Tape tape, ModelInput input, Hooks? hooks)
    {
        StepPositions at = new() { Padding = PaddingOf(tape, input) };
        Var resid = Embedded(tape, input, hooks, at);
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            resid = Blocks[layer].Step(tape, resid, at, hooks);
        }

        return LnFinal?.Forward(tape, resid, hooks) ?? resid;
    }

    /// <summary>The stream through some of the layers: start at one, stop at another.</summary>
    /// <param name="tape">The tape that records it; it owns the result.</param>
    /// <param name="resid">float32 [batch, pos, dModel]: the stream before layer
    /// <paramref name="from"/>.</param>
    /// <param name="from">The first layer that runs.</param>
    /// <param name="to">The first layer that does not.</param>
    /// <param name="hooks">For everything in these layers.</param>
    /// <param name="at">Which positions these are, and which others they see.</param>
    /// <returns>float32 [batch, pos, dModel].</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no such layers.</exception>
    public Var Through(
        Tape tape, Var resid, int from, int to, Hooks? hooks = null, StepPositions at = default)
    {
        if (from < 0 || to > Config.Layers || from > to)
        {
            throw new ArgumentOutOfRangeException(
                nameof(from), $"Transformer: layers from {from} to {to} are not among the model's "
                + $"{Config.Layers}; 0 … {Config.Layers} are the places between them.");
        }

        hooks?.Check(Config);
        if (Config.Positions.Kind == PositionKind.Shortformer && from < to)
        {
            at = at with { Vectors = at.Vectors ?? PositionVectors(tape, resid, hooks, at) };
        }

        for (int layer = from; layer < to; layer++)
        {
            resid = Blocks[layer].Step(tape, resid, at, hooks);       // [batch, pos, dModel]
        }

        return resid;
    }

    /// <summary>The stream into logits, at whichever positions it is given.</summary>
    /// <param name="tape">The tape that records it; it owns the result.</param>
    /// <param name="resid">float32 [.., dModel]: the stream after the last layer.</param>
    /// <param name="hooks">For the final norm and the unembedding.</param>
    /// <returns>float32 [.., vocab].</returns>
    public Var Logits(Tape tape, Var resid, Hooks? hooks = null)
    {
        hooks?.Check(Config);
        Var x = ReadByUnembed(tape, resid, hooks);                    // [.., dModel]
        return hooks.At(tape, HookNames.UnembedOut, Unembed.Forward(tape, x));
    }

    /// <summary>Releases the weights.</summary>
    public void Dispose()
    {
        foreach (Parameter parameter in Parameters)
        {
            parameter.Dispose();
        }

        Encoder?.Dispose();
        PositionEmbed?.Dispose();
        _unembed?.Dispose();
        foreach (PositionTables tables in _positions.Values)
        {
            tables.Dispose();
        }
    }

    /// <summary>What the unembedding reads: the stream, normed and transformed.</summary>
    private Var ReadByUnembed(Tape tape, Var resid, Hooks? hooks)
    {
        Var x = LnFinal?.Forward(tape, resid, hooks) ?? resid;        // [.., dModel]
        x = Unembed.Transform?.Forward(tape, x, hooks) ?? x;          // [.., dModel]
        return hooks.At(tape, HookNames.UnembedIn, x);
    }

    private Var Embedded(Tape tape, ModelInput input, Hooks? hooks, StepPositions at)
    {
        RequireContext(input, at.First);
        if (_unembed is not null)
        {
            hooks?.Check(Config);
        }

        string name = _unembed is null ? _names.Prefix + HookNames.Embed : HookNames.Embed;
        Var x = Embed.Forward(tape, input.Tokens);                      // [batch, pos, dModel]
        x = Embed.NormsTokens(Config) ? x : hooks.At(tape, name, x);
        if (Config.Positions.IsInStream)
        {
            x = tape.Add(x, PositionVectors(tape, x, hooks, at));       // [batch, pos, dModel]
        }

        return Embed.Complete(tape, x, input, hooks);                   // [batch, pos, dModel]
    }

    private static Padding? PaddingOf(Tape tape, ModelInput input)
    {
        if (input.Mask is { } mask && mask.Shape != input.Tokens.Shape)
        {
            throw new ShapeException(
                $"Transformer: the mask must be {input.Tokens.Shape} as the tokens; got "
                + $"{mask.Shape}.");
        }

        return input.Mask is null ? null : tape.Own(new Padding(input.Mask));
    }

    /// <summary>The position data of layers with these heads.</summary>
    private PositionTables PositionsOf(PositionConfig positions, AttentionConfig attention)
    {
        if (!_positions.TryGetValue((positions, attention), out PositionTables? tables))
        {
            tables = new PositionTables(
                positions, attention, Config.Context, Config.IsEncoder, Device)
            {
                IsOfRotaryModel = Config.IsRotary,
            };
            _positions.Add((positions, attention), tables);
        }

        return tables;
    }

    /// <summary>The vectors of the positions: for all sequences at once, or for each where there is
    /// padding or a hook names them.</summary>
    private Var PositionVectors(Tape tape, Var resid, Hooks? hooks, StepPositions at)
    {
        string name = _unembed is null ? _names.Prefix + HookNames.PosEmbed : HookNames.PosEmbed;
        int count = resid.Shape[1];
        Var vectors = at.Padding is { } padding
            ? PositionEmbed!.Forward(tape, padding.Positions.Slice(1, at.First, count))
            : PositionEmbed!.Forward(tape, at.First, count);            // [pos, dModel]
        if (!hooks.Want(name))
        {
            return vectors;
        }

        Var zeros = new(tape.Own(Tensor.Zeros<float>(resid.Shape, resid.Value.Device)));
        return hooks.At(tape, name, tape.Add(zeros, vectors));
    }

    private IEnumerable<Parameter> AllParameters() =>
    [
        .. Embed.Parameters.Where(parameter => !parameter.IsTied),
        .. PositionEmbed?.W_pos is { } positions ? [positions] : Array.Empty<Parameter>(),
        .. Encoder?.Parameters ?? [],
        .. Blocks.SelectMany(block => block.Parameters),
        .. LnFinal?.Parameters ?? [],
        .. _unembed?.Parameters ?? [],
    ];

    private void RequireContext(ModelInput input, int first = 0)
    {
        Tensor<int> tokens = input.Tokens;
        if (tokens.Rank != 2)
        {
            throw new ShapeException(
                $"Transformer: tokens must be [batch, pos]; got {tokens.Shape}.");
        }

        if (Config.Layers > 0 && (first < 0 || tokens.Shape[1] > Config.Context - first))
        {
            throw new ArgumentException(
                $"Transformer: {tokens.Shape[1]} tokens from position {first} on do not fit the "
                + $"model's context of {Config.Context}; give fewer.", nameof(input));
        }
    }
}
