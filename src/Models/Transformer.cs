using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>A decoder-only transformer, driven by its config; it owns its weights.</summary>
/// <remarks>
/// Weights carry TransformerLens' names and shapes. <see cref="Forward"/> read from top to bottom
/// matches the figure of the paper: tokens into the residual stream, layers that read it and add to it,
/// the stream into logits. Without layers it is a bigram model: <c>logits = W_E[token] W_U +
/// b_U</c>. Several threads may run passes over one model, each on a tape of its own; only one at a
/// time may run backward into its parameters or change them.
/// </remarks>
public sealed partial class Transformer : IDisposable
{
    private const string FinalNorm = "ln_final";
    private readonly Dictionary<AttentionConfig, PositionTables> _positions = [];

    internal Transformer(TransformerConfig config, ParameterSource source)
    {
        Config = config;
        Device = source.Device;
        Embed = new Embed(config, source);
        PositionEmbed = config.Positions.HasVectors ? new PositionEmbed(config, source) : null;
        Blocks = [.. Enumerable.Range(0, config.Layers).Select(layer =>
            new Block(config, layer, source, PositionsOf(config.Attention![layer]),
                PositionEmbed))];
        LnFinal = config.Norm.Kind == NormKind.None
            ? null : new LayerNorm(FinalNorm, config.DModel, config.Norm.Epsilon, source);
        Unembed = new Unembed(config, Embed, source);
        Parameters = [.. AllParameters()];
    }

    /// <summary>The model's shape.</summary>
    public TransformerConfig Config { get; }

    /// <summary>The device of its weights.</summary>
    public Device Device { get; }

    /// <summary>Tokens into the residual stream.</summary>
    public Embed Embed { get; }

    /// <summary>A vector for each position; null for other kinds of positions.</summary>
    public PositionEmbed? PositionEmbed { get; }

    /// <summary>The layers.</summary>
    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>The norm before the unembedding; null for none.</summary>
    public LayerNorm? LnFinal { get; }

    /// <summary>The residual stream into logits.</summary>
    public Unembed Unembed { get; }

    /// <summary>Every weight that is trained, in the order of the forward pass.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

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

    /// <summary>The logits of the next token at every position.</summary>
    /// <param name="tape">The tape that records it; it owns the result.</param>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="hooks">What to do with activations on the way.</param>
    /// <returns>float32 [batch, pos, vocab].</returns>
    /// <exception cref="ArgumentException">The tokens exceed the context, or a hook names no
    /// activation.</exception>
    public Var Forward(Tape tape, Tensor<int> tokens, Hooks? hooks = null)
    {
        Var resid = Embedded(tape, tokens, hooks);                    // [batch, pos, dModel]
        resid = Through(tape, resid, 0, Config.Layers, hooks);        // [batch, pos, dModel]
        return Logits(tape, resid, hooks);                            // [batch, pos, vocab]
    }

    /// <summary>The stream before the first layer.</summary>
    /// <param name="tape">The tape that records it; it owns the result.</param>
    /// <param name="tokens">int32 [batch, pos].</param>
    /// <param name="hooks">For hook_embed and hook_pos_embed.</param>
    /// <param name="first">The position of the first token.</param>
    /// <returns>float32 [batch, pos, dModel].</returns>
    /// <inheritdoc cref="Forward" path="/exception"/>
    public Var Embedded(Tape tape, Tensor<int> tokens, Hooks? hooks = null, int first = 0)
    {
        RequireContext(tokens, first);
        hooks?.Check(Config);
        Var x = hooks.At(tape, HookNames.Embed, Embed.Forward(tape, tokens));
        return Config.Positions.IsInStream
            ? tape.Add(x, PositionVectors(tape, x, hooks, first)) : x;
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
            at = at with { Vectors = at.Vectors ?? PositionVectors(tape, resid, hooks, at.First) };
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
        Var x = LnFinal?.Forward(tape, resid, hooks) ?? resid;        // [.., dModel]
        x = hooks.At(tape, HookNames.UnembedIn, x);
        return hooks.At(tape, HookNames.UnembedOut, Unembed.Forward(tape, x));
    }

    /// <summary>Releases the weights.</summary>
    public void Dispose()
    {
        Embed.Dispose();
        PositionEmbed?.Dispose();
        foreach (Block block in Blocks)
        {
            block.Dispose();
        }

        LnFinal?.Dispose();
        Unembed.Dispose();
        foreach (PositionTables tables in _positions.Values)
        {
            tables.Dispose();
        }
    }

    /// <summary>Every activation of a model with its shape, in the order of the forward
    /// pass.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="batch">Sequences.</param>
    /// <param name="pos">Tokens in each.</param>
    public static IEnumerable<(string Name, Shape Shape)> Activations(
        TransformerConfig config, int batch, int pos)
    {
        Shape stream = [batch, pos, config.DModel];
        return
        [
            (HookNames.Embed, stream),
            .. config.Positions.HasVectors
                ? [(HookNames.PosEmbed, stream)] : Array.Empty<(string, Shape)>(),
            .. Enumerable.Range(0, config.Layers).SelectMany(
                layer => Block.Activations(config, layer, batch, pos)),
            .. config.Norm.Kind == NormKind.None ? [] : LayerNorm.Activations(FinalNorm, stream),
            (HookNames.UnembedIn, stream),
            (HookNames.UnembedOut, [batch, pos, config.Vocabulary]),
        ];
    }

    /// <summary>The position data of layers with these heads.</summary>
    private PositionTables PositionsOf(AttentionConfig attention)
    {
        if (!_positions.TryGetValue(attention, out PositionTables? tables))
        {
            tables = new PositionTables(
                Config.Positions, attention, Config.Context, Device);
            _positions.Add(attention, tables);
        }

        return tables;
    }

    /// <summary>The vectors of the positions: for all sequences at once, or for each where a hook
    /// names them.</summary>
    private Var PositionVectors(Tape tape, Var resid, Hooks? hooks, int first)
    {
        Var vectors = PositionEmbed!.Forward(tape, first, resid.Shape[1]);  // [pos, dModel]
        if (!hooks.Want(HookNames.PosEmbed))
        {
            return vectors;
        }

        Var zeros = new(tape.Own(Tensor.Zeros<float>(resid.Shape, resid.Value.Device)));
        return hooks.At(tape, HookNames.PosEmbed, tape.Add(zeros, vectors));
    }

    private IEnumerable<Parameter> AllParameters()
    {
        yield return Embed.W_E;
        if (PositionEmbed?.W_pos is { } positions)
        {
            yield return positions;
        }

        foreach (Parameter parameter in Blocks.SelectMany(block => block.Parameters))
        {
            yield return parameter;
        }

        if (LnFinal is not null)
        {
            yield return LnFinal.W;
            yield return LnFinal.B;
        }

        if (!Unembed.W_U.IsTied)
        {
            yield return Unembed.W_U;
        }

        if (Config.Embedding.OutputBias)
        {
            yield return Unembed.B_U;
        }
    }

    private void RequireContext(Tensor<int> tokens, int first = 0)
    {
        if (tokens.Rank != 2)
        {
            throw new ShapeException(
                $"Transformer: tokens must be [batch, pos]; got {tokens.Shape}.");
        }

        if (Config.Layers > 0 && (first < 0 || tokens.Shape[1] > Config.Context - first))
        {
            throw new ArgumentException(
                $"Transformer: {tokens.Shape[1]} tokens from position {first} on do not fit the "
                + $"model's context of {Config.Context}; give fewer.", nameof(tokens));
        }
    }
}
