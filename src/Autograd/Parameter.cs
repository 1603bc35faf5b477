using Vitrine.Tensors;

namespace Vitrine.Autograd;

/// <summary>A weight: a leaf that owns its value and keeps its gradient between steps.</summary>
/// <remarks>
/// <see cref="Storage"/> is contiguous in the layout that the kernels want and the optimizer
/// updates; <see cref="Var.Value"/> is a view of it in the literature's layout, and
/// <see cref="Var.Grad"/> the same view of <see cref="GradStorage"/>. The gradient exists from
/// the first backward pass on, so a model that is only read never pays for it.
/// </remarks>
public sealed class Parameter : Var, IDisposable
{
    private readonly Func<Tensor<float>, Tensor<float>>? _view;

    /// <summary>Takes ownership of a tensor.</summary>
    /// <param name="name">The weight's name, as checkpoints and messages spell it.</param>
    /// <param name="storage">The contiguous numbers.</param>
    /// <param name="view">Shows them in the literature's layout, without a copy; null = as stored.</param>
    /// <exception cref="ShapeException">The storage is not contiguous.</exception>
    public Parameter(
        string name, Tensor<float> storage, Func<Tensor<float>, Tensor<float>>? view = null)
        : base(view is null ? storage : view(storage), requiresGrad: true, name)
    {
        if (!storage.IsContiguous || !Value.SharesMemoryWith(storage))
        {
            throw new ShapeException(
                $"Parameter: the storage of '{name}' must be contiguous and its value a view of it; "
                + $"got storage {storage.Shape}; pass Contiguous().");
        }

        Storage = storage;
        _view = view;
    }

    /// <summary>The numbers as they lie in memory.</summary>
    public Tensor<float> Storage { get; }

    /// <summary>The gradient as it lies in memory; null before the first backward pass.</summary>
    public Tensor<float>? GradStorage { get; private set; }

    /// <summary>Sets the gradient to zero; the next backward pass starts from it.</summary>
    public void ZeroGrad() => GradStorage?.Fill(0);

    /// <summary>Releases the value and the gradient.</summary>
    public void Dispose()
    {
        Storage.Dispose();
        GradStorage?.Dispose();
    }

    private protected override Tensor<float> KeptGradient(Tape tape)
    {
        if (Grad is null)
        {
            GradStorage = Tensor.Zeros<float>(Storage.Shape, Storage.Device);
            Grad = _view is null ? GradStorage : _view(GradStorage);
        }

        return Grad;
    }
}
