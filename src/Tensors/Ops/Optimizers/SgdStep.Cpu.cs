using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>The fused SGD pass; parallel over blocks of the parameter.</summary>
internal unsafe struct SgdUpdate : IVectorUpdate
{
    private float* _parameter;
    private float* _gradient;
    private float* _velocity;
    private float _learningRate;
    private float _momentum;
    private float _decay;
    private float _gradientScale;
    private bool _zeroGradient;

    public static void Run(
        Tensor<float> parameter,
        Tensor<float> gradient,
        Tensor<float>? velocity,
        in SgdSettings settings,
        float gradientScale,
        bool zeroGradient)
    {
        SgdUpdate update = default;
        update._parameter = parameter.Pointer;
        update._gradient = gradient.Pointer;
        update._velocity = velocity is null ? null : velocity.Pointer;
        update._learningRate = settings.LearningRate;
        update._momentum = settings.Momentum;
        update._decay = (float)(1 - ((double)settings.LearningRate * settings.WeightDecay));
        update._gradientScale = gradientScale;
        update._zeroGradient = zeroGradient;
        WidestVectors.ForEach(parameter.Length, update);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Update<TLanes, T>(long i)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        T update = TLanes.Multiply(TLanes.Load(_gradient + i), TLanes.All(_gradientScale));
        if (_velocity != null)
        {
            update = TLanes.MultiplyAdd(TLanes.All(_momentum), TLanes.Load(_velocity + i), update);
            TLanes.Store(update, _velocity + i);
        }

        T p = TLanes.Multiply(TLanes.Load(_parameter + i), TLanes.All(_decay));
        p = TLanes.Subtract(p, TLanes.Multiply(TLanes.All(_learningRate), update));
        TLanes.Store(p, _parameter + i);
        if (_zeroGradient)
        {
            TLanes.Store(TLanes.All(0), _gradient + i);
        }
    }
}
