using Vitrine.Tensors;

namespace Vitrine.Autograd;

/// <summary>A weight: a leaf that owns its value and keeps its gradient between steps.</summary>
/// <remarks> <see cref="Storage"/> is contiguous in the layout that the kernels need and the
/// optimizer updates; <see cref="Var.Value"/> is a view of it in the literature's layout, and
/// <see cref="Var.Grad"/> the same view of <see cref="GradStorage"/>. The gradient exists from the
/// first backward pass on, so a model that is only read never pays for it. </remarks>
public sealed class Parameter : Var, IDisposable
{
    private readonly Func<Tensor<float>, Tensor<float>>? _view;
    private readonly Parameter? _source;
    private readonly Tensor<float>? _storage;

    /// <summary>Takes ownership of a tensor.</summary>
    /// <param name="name">The weight's name, as checkpoints and messages spell it.</param>
    /// <param name="storage">The contiguous numbers.</param>
    /// <param name="view">Shows them in the literature's layout, without a copy; null = as
    /// stored.</param>
    /// <exception cref="ShapeException">The storage is not contiguous.</exception>
    public Parameter(
        string name, Tensor<float> storage, Func<Tensor<float>, Tensor<float>>? view = null)
        : base(view is null ? storage : view(storage), requiresGrad: true, name)
    {
        if (!storage.IsContiguous || !Value.SharesMemoryWith(storage))
        {
            throw new ShapeException(
                $"Parameter: the storage of '{name}' must be contiguous and its value a view of "
                + $"it; got storage {storage.Shape}; pass Contiguous().");
        }

        _storage = storage;
        _view = view;
    }

    /// <summary>Takes ownership of numbers that stay in their stored form, perhaps in a file: a
    /// constant, which is not trained.</summary>
    /// <param name="name">The weight's name.</param>
    /// <param name="stored">The numbers, in the literature's layout.</param>
    public Parameter(string name, Weight stored)
        : base(stored, name)
    {
    }

    /// <summary>Shows another parameter under a second name: tied weights. The source owns the
    /// numbers, and gradients of both names add up in its gradient.</summary>
    /// <param name="name">The second name.</param>
    /// <param name="source">The underlying parameter; it must outlive this.</param>
    /// <param name="view">Shows its storage in the second layout, without a copy.</param>
    public Parameter(string name, Parameter source, Func<Tensor<float>, Tensor<float>> view)
        : this(name, source.Storage, view) => _source = source;

    /// <inheritdoc cref="Parameter(string, Parameter, Func{Tensor{float}, Tensor{float}})"/>
    /// <exception cref="ArgumentException">The source is a tensor, so the view must be a view of
    /// tensors.</exception>
    public Parameter(string name, Parameter source, Func<Weight, Weight> view)
        : this(name, view(source.Stored ?? throw new ArgumentException(
            $"Parameter: '{name}' shows '{source.Name}', which is a tensor; pass a view of a "
            + "tensor.", nameof(view)))) => _source = source;

    /// <summary>Whether this is a second name for another parameter.</summary>
    public bool IsTied => _source is not null;

    /// <summary>The numbers in memory order.</summary>
    /// <inheritdoc cref="Var.Value" path="/exception"/>
    public Tensor<float> Storage => _storage ?? Value;

    /// <summary>The gradient in memory order; null before the first backward pass.</summary>
    public Tensor<float>? GradStorage { get; private set; }

    internal override Var KeepsGradient => _source?.KeepsGradient ?? this;

    /// <summary>Sets the gradient to zero; the next backward pass starts from it.</summary>
    public void ZeroGrad() => GradStorage?.Fill(0);

    /// <summary>Releases the value and the gradient, unless they belong to another
    /// parameter.</summary>
    public void Dispose()
    {
        if (IsTied)
        {
            return;
        }

        _storage?.Dispose();
        Stored?.Dispose();
        GradStorage?.Dispose();
    }

    private protected override Tensor<float> KeptGradient(Tape tape)
    {
        if (Grad is null)
        {
            _source?.KeptGradient(tape);
            GradStorage = _source?.GradStorage
                ?? Tensor.Zeros<float>(Storage.Shape, Storage.Device);
            Grad = _view is null ? GradStorage : _view(GradStorage);
        }

        return Grad;
    }
}
