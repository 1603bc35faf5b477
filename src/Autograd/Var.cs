using System.Diagnostics;
using Vitrine.Tensors;

namespace Vitrine.Autograd;

/// <summary>A value in a computation that a <see cref="Tape"/> can differentiate.</summary>
/// <remarks> A leaf is made by its constructor and borrows its tensor; the result of an op on a
/// tape belongs to that tape and is released with it. Only a leaf keeps a <see cref="Grad"/>; the
/// gradient of an intermediate value is freed as soon as it has been passed on, and can be observed
/// with <see cref="OnGradient"/>. </remarks>
[DebuggerDisplay("{Name,nq} {Value}")]
public class Var
{
    private readonly Tensor<float>? _value;
    private List<Action<Tensor<float>>>? _hooks;
    private Tape? _claimant;

    /// <summary>Makes a leaf; it borrows <paramref name="value"/>.</summary>
    /// <param name="value">The value, <c>float32 [any]</c>.</param>
    /// <param name="requiresGrad">Whether backward passes fill <see cref="Grad"/>.</param>
    /// <param name="name">Its name in messages.</param>
    public Var(Tensor<float> value, bool requiresGrad = false, string? name = null)
    {
        _value = value;
        RequiresGrad = requiresGrad;
        Name = name;
    }

    /// <summary>Makes a constant from a weight of any element type; it borrows
    /// <paramref name="stored"/>.</summary>
    /// <param name="stored">The weight.</param>
    /// <param name="name">Its name in messages.</param>
    public Var(Weight stored, string? name = null) => (Stored, Name) = (stored, name);

    internal Var(Tensor<float> value, bool requiresGrad, Tape tape)
        : this(value, requiresGrad) => Tape = tape;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">The numbers are kept in their stored form: only
    /// products, gathers and the unembedding can read <see cref="Stored"/>.</exception>
    public Tensor<float> Value => _value ?? throw new InvalidOperationException(
        $"{Name ?? "Var"}: its numbers stay in storage as {Stored!.ElementType}, and only "
        + "products, gathers and the unembedding can read them there; load copies of the weights "
        + "to train or study the model.");

    /// <summary>The stored numbers of a constant that keeps them in stored form; null for a float32
    /// value.</summary>
    public Weight? Stored { get; }

    /// <summary>The lengths of the value's axes.</summary>
    public Shape Shape => Stored?.Shape ?? Value.Shape;

    /// <summary>Whether backward passes differentiate with respect to this.</summary>
    public bool RequiresGrad { get; }

    /// <summary>Its name in messages.</summary>
    public string? Name { get; }

    /// <summary>∂loss/∂value of a leaf, in the value's shape: every backward pass adds to it. Null
    /// before the first. That of a <see cref="Parameter"/> lives as long as the parameter, that of
    /// another leaf as long as the tape that made it.</summary>
    public Tensor<float>? Grad { get; private protected set; }

    /// <summary>The tape that made this; null for a leaf.</summary>
    internal Tape? Tape { get; }

    /// <summary>The leaf whose gradient a pass over this one fills: itself, unless the weight is
    /// tied.</summary>
    internal virtual Var KeepsGradient => this;

    /// <summary>The tape whose backward pass is filling the gradient.</summary>
    internal Tape? Claimant => Volatile.Read(ref _claimant);

    /// <summary>The gradient on its way, of anything but a leaf without hooks.</summary>
    internal Tensor<float>? Arriving { get; private set; }

    /// <summary>Calls <paramref name="hook"/> in every backward pass with the whole gradient of
    /// that pass, before it is passed on. The hook may read it, or write into it to replace it; the
    /// tensor is released afterwards (<see cref="Tensor{T}.Clone"/> it to keep it).</summary>
    /// <exception cref="InvalidOperationException">This has no gradient.</exception>
    public void OnGradient(Action<Tensor<float>> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        if (!RequiresGrad)
        {
            throw new InvalidOperationException(
                $"OnGradient: {Name ?? "this value"} {Shape} gets no gradient; a leaf needs "
                + "requiresGrad: true, and a NoGrad tape records nothing.");
        }

        (_hooks ??= []).Add(hook);
    }

    /// <summary>Reserves the gradient for a backward pass.</summary>
    /// <returns>False if it is reserved already.</returns>
    internal bool TryClaim(Tape tape) =>
        Interlocked.CompareExchange(ref _claimant, tape, null) is null;

    /// <summary>Ends the reservation.</summary>
    internal void Unclaim() => Volatile.Write(ref _claimant, null);

    /// <summary>The buffer that a rule adds this pass' gradient to.</summary>
    internal Tensor<float> Into(Tape tape)
    {
        if (Tape is null && _hooks is null)
        {
            return KeptGradient(tape);
        }

        if (Arriving is null)
        {
            Arriving = tape.Gradients.Zeros(Value);
            if (Tape is null)
            {
                tape.HasArrived(this);
            }
        }

        return Arriving;
    }

    /// <summary>Shows the whole gradient to the hooks.</summary>
    internal void RunHooks()
    {
        for (int i = 0; i < _hooks?.Count; i++)
        {
            _hooks[i](Arriving!);
        }
    }

    /// <summary>Adds what the hooks left to the kept gradient of a leaf.</summary>
    internal void Keep(Tape tape)
    {
        RunHooks();
        Tensor<float> kept = KeptGradient(tape);
        Ops.Add(kept, Arriving!, into: kept);
        Release();
    }

    /// <summary>Frees the gradient on its way: for others of its shape, unless a hook has seen
    /// it.</summary>
    internal void Release()
    {
        if (Arriving is not null && Tape is not null && _hooks is null)
        {
            Tape.Gradients.GiveBack(Arriving);
        }
        else
        {
            Arriving?.Dispose();
        }

        Arriving = null;
    }

    private protected virtual Tensor<float> KeptGradient(Tape tape)
    {
        if (Grad is null || Grad.IsDisposed)
        {
            Grad = tape.Own(Tensor.Zeros<float>(Shape, Value.Device));
        }

        return Grad;
    }
}
