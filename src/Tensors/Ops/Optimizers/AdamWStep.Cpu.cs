using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>The fused AdamW pass; parallel over blocks of the parameter.</summary>
internal unsafe struct AdamWUpdate : IVectorUpdate
{
    private float* _parameter;
    private float* _gradient;
    private float* _mean;
    private float* _variance;
    private float _gain1;
    private float _gain2;
    private float _decay;
    private float _stepSize;
    private float _rootCorrection;
    private float _epsilon;
    private float _gradientScale;
    private bool _zeroGradient;

    public static void Run(
        Tensor<float> parameter,
        Tensor<float> gradient,
        Tensor<float> mean,
        Tensor<float> variance,
        long step,
        in AdamWSettings settings,
        float gradientScale,
        bool zeroGradient)
    {
        AdamWUpdate update = default;
        update._parameter = parameter.Pointer;
        update._gradient = gradient.Pointer;
        update._mean = mean.Pointer;
        update._variance = variance.Pointer;
        update._gain1 = (float)(1 - (double)settings.Beta1);
        update._gain2 = (float)(1 - (double)settings.Beta2);
        update._decay = (float)(1 - ((double)settings.LearningRate * settings.WeightDecay));
        update._stepSize = (float)(settings.LearningRate / (1 - Math.Pow(settings.Beta1, step)));
        update._rootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(settings.Beta2, step)));
        update._epsilon = settings.Epsilon;
        update._gradientScale = gradientScale;
        update._zeroGradient = zeroGradient;
        WidestVectors.ForEach(parameter.Length, update);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Update<TLanes, T>(long i)
        where TLanes : ILanes<T>
        where T : unmanaged
    {
        T g = TLanes.Multiply(TLanes.Load(_gradient + i), TLanes.All(_gradientScale));
        T m = TLanes.Load(_mean + i);
        m = TLanes.MultiplyAdd(TLanes.Subtract(g, m), TLanes.All(_gain1), m);
        T v = TLanes.Load(_variance + i);
        v = TLanes.MultiplyAdd(
            TLanes.Subtract(TLanes.Multiply(g, g), v), TLanes.All(_gain2), v);
        T root = TLanes.MultiplyAdd(
            TLanes.Sqrt(v), TLanes.All(_rootCorrection), TLanes.All(_epsilon));
        T p = TLanes.Multiply(TLanes.Load(_parameter + i), TLanes.All(_decay));
        p = TLanes.Subtract(p, TLanes.Divide(TLanes.Multiply(TLanes.All(_stepSize), m), root));
        TLanes.Store(m, _mean + i);
        TLanes.Store(v, _variance + i);
        TLanes.Store(p, _parameter + i);
        if (_zeroGradient)
        {
            TLanes.Store(TLanes.All(0), _gradient + i);
        }
    }
}
