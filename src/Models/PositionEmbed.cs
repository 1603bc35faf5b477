using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>A vector for each position.</summary>
public sealed class PositionEmbed : IDisposable
{
    private readonly GrowingTable<Tensor<float>> _computed;
    private readonly int _context;

    internal PositionEmbed(TransformerConfig config, ParameterSource source)
    {
        _context = config.Context;
        _computed = new(_context, positions =>
            Sinusoidal.Table(positions, config.DModel).MoveTo(source.Device));
        W_pos = config.Positions.Kind == PositionKind.Sinusoidal ? null
            : source.Small("pos_embed.W_pos", [config.Context, config.DModel]);
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

    /// <inheritdoc/>
    public void Dispose()
    {
        W_pos?.Dispose();
        _computed.Dispose();
    }
}
