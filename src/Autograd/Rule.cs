using Vitrine.Tensors;

namespace Vitrine.Autograd;

/// <summary>How one recorded op passes its output's gradient on to its inputs.</summary>
/// <remarks> A rule is made while the op runs, saves what its derivative needs in
/// <see cref="Saved{T}"/> fields, and is called once by <see cref="Tape.Backward(Var)"/>. To give
/// your own op a derivative, derive from it and pass it to <see cref="Tape.Record"/>. </remarks>
public abstract class Rule
{
    private readonly Var? _made;
    private readonly Var? _madeElsewhere;
    private readonly Var? _leaf;
    private readonly Var? _secondLeaf;
    private readonly List<Var>? _moreLeaves;

    /// <summary>Names the values that the output depends on; absent optional ones are
    /// null.</summary>
    protected Rule(params ReadOnlySpan<Var?> inputs)
    {
        foreach (Var? input in inputs)
        {
            if (input is { RequiresGrad: true })
            {
                RequiresGrad = true;
                _made ??= input.Tape is null ? null : input;
                _madeElsewhere ??= input.Tape is null || input.Tape == _made!.Tape ? null : input;
                if (input.Tape is null)
                {
                    if (_leaf is null)
                    {
                        _leaf = input;
                    }
                    else if (_secondLeaf is null)
                    {
                        _secondLeaf = input;
                    }
                    else
                    {
                        (_moreLeaves ??= []).Add(input);
                    }
                }
            }
        }
    }

    /// <summary>The op's name, as messages spell it.</summary>
    public string Op
    {
        get
        {
            string name = GetType().Name;
            return name.EndsWith(nameof(Rule), StringComparison.Ordinal) ? name[..^4] : name;
        }
    }

    internal bool RequiresGrad { get; }

    /// <summary>An input through which no gradient would flow on a tape, since another made
    /// it.</summary>
    internal Var? StrangerTo(Tape tape) =>
        _made is null || _made.Tape == tape ? _madeElsewhere : _made;

    /// <summary>The inputs whose gradients are kept, leaves: null, or the one at
    /// <paramref name="index"/>. Few rules have more than two.</summary>
    internal Var? Leaf(int index) => index switch
    {
        0 => _leaf,
        1 => _secondLeaf,
        _ => index - 2 < _moreLeaves?.Count ? _moreLeaves[index - 2] : null,
    };

    /// <summary>The result of the op; set when it is recorded.</summary>
    internal Var Output { get; set; } = null!;

    /// <summary>Adds the gradient of every input for which <see cref="Wants"/> is true.</summary>
    /// <param name="dOutput">∂loss/∂output, in the output's shape; borrowed.</param>
    public abstract void Backward(Tensor<float> dOutput);

    /// <summary>Whether an input takes part in the differentiation.</summary>
    protected static bool Wants(Var? input) => input is { RequiresGrad: true };

    /// <summary>The buffer in the shape of <paramref name="input"/> to add its gradient
    /// to.</summary>
    protected Tensor<float> Into(Var input) => input.Into(Output.Tape!);

    /// <summary>As <see cref="Into"/>, or null for an input that is absent or needs no
    /// gradient.</summary>
    protected Tensor<float>? IntoIfWanted(Var? input) => Wants(input) ? Into(input!) : null;

    /// <summary>Adds a gradient, summed over the axes along which the input was
    /// broadcast.</summary>
    protected void AddTo(Var input, Tensor<float> gradient)
    {
        Tensor<float> into = Into(input);
        Shape shape = input.Shape;
        if (gradient.Shape == shape)
        {
            Ops.Add(into, gradient, into: into);
            return;
        }

        Tensor<float> sum = gradient;
        while (sum.Rank > shape.Rank)
        {
            sum = Replace(sum, gradient, Ops.Sum(sum, axis: 0));
        }

        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (shape[axis] == 1 && sum.Shape[axis] != 1)
            {
                sum = Replace(sum, gradient, Ops.Sum(sum, axis, keepAxis: true));
            }
        }

        Ops.Add(into, sum, into: into);
        Replace(sum, gradient, sum);
    }

    /// <summary>A reduction's result in the shape of its input.</summary>
    protected static Tensor<float> Spread(Tensor<float> y, Shape shape, int? axis, bool keepAxis) =>
        (axis is { } along && !keepAxis ? y.Unsqueeze(shape.Axis(along)) : y).BroadcastTo(shape);

    /// <summary>Checks that what the derivative needs is as it was.</summary>
    internal void RequireUnchanged(Shape shape, bool disposed, int then, int now)
    {
        if (disposed)
        {
            throw new ObjectDisposedException(
                Op,
                $"{Op}: a value {shape} that its derivative needs was released before Backward; "
                + "dispose it after Backward.");
        }

        if (now != then)
        {
            throw new InvalidOperationException(
                $"{Op}: a value {shape} that its derivative needs was changed in place after the "
                + $"op ran (version {then}, now {now}); change it after Backward, or give the op a "
                + "Clone().");
        }
    }

    private static Tensor<float> Replace(Tensor<float> old, Tensor<float> keep, Tensor<float> next)
    {
        if (!ReferenceEquals(old, keep))
        {
            old.Dispose();
        }

        return next;
    }
}

/// <summary>A tensor that a rule reads in the backward pass, with the version it had when
/// saved.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <param name="tensor">The tensor; not copied.</param>
public readonly struct Saved<T>(Tensor<T> tensor)
    where T : unmanaged
{
    private readonly int _version = tensor.Version;

    /// <summary>The tensor, if it still holds the saved values.</summary>
    /// <exception cref="ObjectDisposedException">It was released.</exception>
    /// <exception cref="InvalidOperationException">It was changed in place.</exception>
    public Tensor<T> For(Rule rule)
    {
        rule.RequireUnchanged(tensor.Shape, tensor.IsDisposed, _version, tensor.Version);
        return tensor;
    }
}

/// <summary>A weight that a rule reads in the backward pass, with the version it had when
/// saved.</summary>
/// <param name="weight">The tensor; not copied.</param>
internal readonly struct SavedWeight(Weight weight)
{
    private readonly int _version = weight.Version;

    /// <inheritdoc cref="Saved{T}.For"/>
    public Weight For(Rule rule)
    {
        rule.RequireUnchanged(weight.Shape, weight.IsDisposed, _version, weight.Version);
        return weight;
    }
}
