using Vitrine.Tensors;

namespace Vitrine.Autograd;

/// <summary>Gradients that were passed on, for the next of their shape: however many layers there
/// are, a backward pass takes buffers for one.</summary>
internal sealed class GradientBuffers
{
    private readonly List<Tensor<float>> _spare = [];

    /// <summary>Zeros in a value's shape.</summary>
    public Tensor<float> Zeros(Tensor<float> value)
    {
        for (int i = _spare.Count - 1; i >= 0; i--)
        {
            Tensor<float> buffer = _spare[i];
            if (buffer.Shape == value.Shape && buffer.Device == value.Device)
            {
                _spare.RemoveAt(i);
                buffer.Fill(0);
                return buffer;
            }
        }

        return Tensor.Zeros<float>(value.Shape, value.Device);
    }

    public void GiveBack(Tensor<float> buffer) => _spare.Add(buffer);

    public void Release()
    {
        _spare.ForEach(static buffer => buffer.Dispose());
        _spare.Clear();
    }
}
