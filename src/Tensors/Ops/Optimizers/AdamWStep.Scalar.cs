namespace Vitrine.Tensors;

/// <content>AdamW.</content>
internal static partial class Scalar
{
    /// <summary>One weight's step: <c>mean ← β₁ mean + (1 − β₁) g, variance ← β₂ variance +
    /// (1 − β₂) g², p ← p − rate · (mean / (1 − β₁ᵗ) / (√(variance / (1 − β₂ᵗ)) + ε) + decay ·
    /// p)</c></summary>
    public static void AdamWStep(
        ref float parameter, float gradient, ref float mean, ref float variance, int step,
        in AdamWSettings settings)
    {
        (double beta1, double beta2) = (settings.Beta1, settings.Beta2);
        double m = (beta1 * mean) + ((1 - beta1) * gradient);
        double v = (beta2 * variance) + ((1 - beta2) * gradient * gradient);
        double update = m / (1 - Math.Pow(beta1, step))
            / (Math.Sqrt(v / (1 - Math.Pow(beta2, step))) + settings.Epsilon);
        parameter = (float)(parameter
            - (settings.LearningRate * (update + (settings.WeightDecay * parameter))));
        (mean, variance) = ((float)m, (float)v);
    }
}
