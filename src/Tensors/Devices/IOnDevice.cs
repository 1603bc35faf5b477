namespace Vitrine.Tensors;

/// <summary>A tensor of any element type, as the question about devices sees it.</summary>
internal interface IOnDevice
{
    Device Device { get; }

    Shape Shape { get; }
}
