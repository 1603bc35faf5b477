using Vitrine.Autograd;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>The norm of queries or of keys, before they are rotated (Henry et al. 2020).</summary>
public sealed class QkNorm
{
    private readonly QkNormConfig _config;

    internal QkNorm(
        string name, int heads, int dHead, QkNormConfig config, ParameterSource source)
    {
        _config = config;
        W = source.Small(
            $"{name}.w",
            config.Scope switch
            {
                QkNormScope.Head => [dHead],
                QkNormScope.EachHead => [heads, dHead],
                _ => [heads * dHead],
            },
            config.UnitOffset ? 0 : 1);
    }

    /// <summary>float32 [dHead], [head, dHead] or [head · dHead], by the config's scope; less 1
    /// where the config says so.</summary>
    public Parameter W { get; }

    /// <summary>Every weight.</summary>
    public IEnumerable<Parameter> Parameters => [W];

    /// <summary>The normed queries or keys.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [batch, pos, head, dHead].</param>
    /// <returns>float32, x's shape.</returns>
    internal Var Forward(Tape tape, Var x)
    {
        Var w = tape.Use(W);
        if (_config.UnitOffset)
        {
            w = tape.Add(w, new Var(tape.Own(Tensor.Full([1], 1f, W.Value.Device))));
        }

        Shape shape = x.Shape;
        return _config.Scope switch
        {
            QkNormScope.Head => Normed(tape, x, w),
            QkNormScope.EachHead => tape.Multiply(Normed(tape, x, null), w),
            _ => tape.Reshape(
                Normed(tape, tape.Reshape(x, shape[0], shape[1], -1), w),
                shape[0], shape[1], shape[2], shape[3]),
        };
    }

    private Var Normed(Tape tape, Var x, Var? w) => _config.Kind == NormKind.RmsNorm
        ? tape.RmsNorm(x, w, _config.Epsilon) : tape.LayerNorm(x, w, null, _config.Epsilon);
}
