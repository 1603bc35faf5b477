using Vitrine.Tensors;

namespace Vitrine.Autograd;

/// <summary>Reverse-mode differentiation: the list of computations, walked backwards
/// once.</summary>
/// <remarks>
/// <para>Ops on a tape are extension methods, <c>tape.MatMul(a, b)</c>; each computes at once and
/// records a <see cref="Rule"/>. <see cref="Backward(Var)"/> calls the rules in reverse: the order
/// of recording is a topological order, so when a rule runs, its output's gradient is complete.
/// Every rule <em>adds</em> to its inputs' gradients, which is the sum in the chain rule.</para>
/// <para>A tape owns every tensor made on it and returns it to the pool at <see cref="Dispose"/>;
/// gradients of intermediate values are returned during the pass. One tape serves one pass, on one
/// thread. Tapes of several threads may read the same parameters; only one of them at a time may
/// run backward into them, and a second one is refused.</para>
/// </remarks>
/// <example>
/// <code>
/// using var tape = new Tape();
/// Var loss = tape.Mean(tape.Square(tape.Subtract(tape.MatMul(x, w), y)));
/// tape.Backward(loss);                       // w.Grad += ∂loss/∂w
/// </code>
/// </example>
public sealed class Tape : IDisposable
{
    private readonly TapeLists _lists = TapeLists.Take();
    private bool _walked;
    private bool _disposed;

    /// <summary>Starts an empty tape.</summary>
    public Tape()
        : this(records: true)
    {
    }

    private Tape(bool records, bool parameters = true)
    {
        Records = records;
        DifferentiatesParameters = parameters;
    }

    /// <summary>Whether ops are recorded; false for <see cref="NoGrad"/>.</summary>
    public bool Records { get; }

    /// <summary>Whether <see cref="Use"/> lets gradients reach parameters.</summary>
    public bool DifferentiatesParameters { get; }

    /// <summary>A scope that owns the values computed in it but records nothing.</summary>
    public static Tape NoGrad() => new(records: false);

    /// <summary>A tape for gradients of activations: parameters are constants on it, and their
    /// gradients stay as they are.</summary>
    public static Tape ForActivations() => new(records: true, parameters: false);

    /// <summary>A parameter as this tape sees it: itself, or a constant.</summary>
    public Var Use(Parameter parameter) =>
        DifferentiatesParameters || parameter.Stored is not null ? parameter
            : new Var(parameter.Value, name: parameter.Name);

    /// <summary>Records an op that was just computed, and takes ownership of its value.</summary>
    /// <param name="rule">Its derivative.</param>
    /// <param name="value">The result of the op; a view is fine.</param>
    /// <returns>The value as a <see cref="Var"/>; it lives as long as the tape.</returns>
    /// <exception cref="ObjectDisposedException">The tape was disposed.</exception>
    /// <exception cref="InvalidOperationException">Backward already ran, or an input belongs to
    /// another tape, through which no gradient would flow.</exception>
    public Var Record(Rule rule, Tensor<float> value)
    {
        Own(value);
        if (_walked)
        {
            throw new InvalidOperationException(
                $"{rule.Op}: the tape already ran Backward; record on a new tape.");
        }

        if (Records && rule.StrangerTo(this) is { } input)
        {
            throw new InvalidOperationException(
                $"{rule.Op}: an input {input.Shape} was made on another tape, so no gradient "
                + "would reach it; use one tape, or pass new Var(x.Value) to treat it as a "
                + "constant.");
        }

        bool records = Records && rule.RequiresGrad;
        var output = new Var(value, records, this);
        if (records)
        {
            rule.Output = output;
            _lists.Rules.Add(rule);
        }

        return output;
    }

    /// <summary>Passes a tensor to the tape, which disposes it with everything else.</summary>
    /// <exception cref="ObjectDisposedException">The tape was disposed; so is the
    /// tensor.</exception>
    public T Own<T>(T tensor)
        where T : IDisposable
    {
        if (_disposed)
        {
            tensor.Dispose();
            throw new ObjectDisposedException(
                nameof(Tape), "Tape: it was disposed; use a new one.");
        }

        _lists.Owned.Add(tensor);
        return tensor;
    }

    /// <summary>Adds ∂loss/∂leaf to <see cref="Var.Grad"/> of every leaf that requires
    /// it.</summary>
    /// <param name="loss">A value of one element.</param>
    /// <exception cref="InvalidOperationException">The loss has more elements, does not depend on
    /// a leaf that requires a gradient, or backward already ran; or a saved value was
    /// changed; or another pass is running backward into the same leaf.</exception>
    /// <exception cref="ObjectDisposedException">The tape or a saved value was
    /// released.</exception>
    public void Backward(Var loss)
    {
        if (loss.Value.Length != 1)
        {
            throw new InvalidOperationException(
                $"Backward: the loss must be one number; got {loss.Shape}; take Mean or Sum, or "
                + "give the cotangent ∂loss/∂output.");
        }

        using Tensor<float> one = Tensor.Full(loss.Shape, 1f, loss.Value.Device);
        Backward(loss, one);
    }

    /// <summary>Adds Σ cotangent · ∂output/∂leaf to <see cref="Var.Grad"/> of every leaf.</summary>
    /// <param name="output">Any value made on this tape.</param>
    /// <param name="cotangent">∂loss/∂output, in the output's shape; borrowed.</param>
    /// <inheritdoc cref="Backward(Var)" path="/exception"/>
    public void Backward(Var output, Tensor<float> cotangent)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_walked)
        {
            throw new InvalidOperationException(
                "Backward: this tape has already run Backward and its gradients were added; record "
                + "again.");
        }

        if (!output.RequiresGrad || !ReferenceEquals(output.Tape, this))
        {
            throw new InvalidOperationException(
                "Backward: the output must be made on this tape and depend on a leaf with "
                + $"requiresGrad; got {output.Name ?? "a value"} {output.Shape}.");
        }

        if (cotangent.Shape != output.Shape)
        {
            throw new ShapeException(
                $"Backward: the cotangent must have the output's shape {output.Shape}; "
                + $"got {cotangent.Shape}.");
        }

        _walked = true;
        try
        {
            _lists.Rules.ForEach(ClaimLeaves);
            Walk(output, cotangent);
        }
        finally
        {
            _lists.Claimed.ForEach(static leaf => leaf.Unclaim());
            _lists.Claimed.Clear();
        }
    }

    private void Walk(Var output, Tensor<float> cotangent)
    {
        output.Into(this).CopyFrom(cotangent);
        for (int i = _lists.Rules.Count - 1; i >= 0; i--)
        {
            Rule rule = _lists.Rules[i];
            Var made = rule.Output;
            if (made.Arriving is { } gradient)
            {
                made.RunHooks();
                rule.Backward(gradient);
                made.Release();
            }
        }

        foreach (Var leaf in _lists.Arrived)
        {
            leaf.Keep(this);
        }
    }

    /// <summary>Returns everything made on the tape to the pool.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _lists.Rules.ForEach(static rule => rule.Output.Release());
        _lists.Arrived.ForEach(static leaf => leaf.Release());
        _lists.Gradients.Release();
        _lists.Owned.ForEach(static tensor => tensor.Dispose());
        _lists.GiveBack();
    }

    /// <summary>Two passes that add to one gradient at a time would lose some of it.</summary>
    private void ClaimLeaves(Rule rule)
    {
        for (int i = 0; rule.Leaf(i) is { } input; i++)
        {
            Var leaf = input.KeepsGradient;
            if (leaf.TryClaim(this))
            {
                _lists.Claimed.Add(leaf);
            }
            else if (leaf.Claimant != this)
            {
                throw new InvalidOperationException(
                    "Backward: another backward pass is still adding to the gradient of "
                    + $"{leaf.Name ?? "a leaf"} {leaf.Shape}; run backward passes over shared "
                    + "parameters one after another, or give each thread its own model. Nothing "
                    + "was added.");
            }
        }
    }

    internal GradientBuffers Gradients => _lists.Gradients;

    /// <summary>Notes a leaf whose gradient must pass its hooks when it is whole.</summary>
    internal void HasArrived(Var leaf) => _lists.Arrived.Add(leaf);
}
