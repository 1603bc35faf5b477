using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>A vector for each position.</summary>
public sealed class PositionEmbed : IDisposable
{
    private readonly GrowingTable<Tensor<float>> _computed;
    private readonly int _context;

    internal PositionEmbed(TransformerConfig config, ParameterSource source, string prefix = "")
    {
        int width = config.Embedding is { WidensSum: true, Width: { } own } ? own : config.DModel;
        _context = config.Context;
        _computed = new(_context, positions =>
            Sinusoidal.Table(positions, width, config.Positions.SinusoidalHalves)
                .MoveTo(source.Device));
        W_pos = config.Positions.Kind == PositionKind.Sinusoidal ? null
            : source.Small(prefix + "pos_embed.W_pos", [config.Context, width]);
    }

    /// <summary>float32 [context, dModel].</summary>
    public Tensor<float> Table => W_pos?.Storage ?? _computed.Of(_context);

    /// <summary>The table as a weight; null if it is computed.</summary>
    public Parameter? W_pos { get; }

    /// <summary>The vectors of positions.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="first">The first position.</param>
    /// <param name="count">How many.</param>
    /// <returns>float32 [pos, dModel].</returns>
    public Var Forward(Tape tape, int first, int count) =>
        tape.Slice(
            W_pos is null ? new Var(_computed.Of(first + count)) : tape.Use(W_pos),
            0, first, count);

    /// <summary>The vectors of the tokens of a padded batch.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="positions">int32 [batch, pos].</param>
    /// <returns>float32 [batch, pos, dModel].</returns>
    internal Var Forward(Tape tape, Tensor<int> positions) => tape.GatherRows(
        W_pos is null ? new Var(_computed.Of(_context)) : tape.Use(W_pos), positions);

    /// <inheritdoc/>
    public void Dispose()
    {
        W_pos?.Dispose();
        _computed.Dispose();
    }
}
