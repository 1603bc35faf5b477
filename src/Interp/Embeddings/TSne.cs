using Vitrine.Tensors;

namespace Vitrine.Interp.Embeddings;

/// <summary>How a t-SNE map is made.</summary>
public sealed record TSneOptions
{
    /// <summary>The effective number of neighbours that each point keeps near.</summary>
    public double Perplexity { get; init; } = 30;

    /// <summary>Steps of gradient descent.</summary>
    public int Iterations { get; init; } = 1000;

    /// <summary>Barnes and Hut's θ: a cell of side s at distance d stands for its points where <c>s
    /// &lt; θ d</c>; 0 is exact, 0.7 is the maximum.</summary>
    public double Theta { get; init; } = 0.5;

    /// <summary>The factor on P at the start, which lets clusters gather.</summary>
    public double Exaggeration { get; init; } = 12;

    /// <summary>How many steps the exaggeration lasts; momentum is 0.5 during them, then
    /// 0.8.</summary>
    public int ExaggerationIterations { get; init; } = 250;

    /// <summary>The step size; <c>max(n / (4 · exaggeration), 50)</c> unless given.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The seed of the small initial noise, which separates equal points.</summary>
    public ulong Seed { get; init; }
}

/// <summary>The progress of a running t-SNE.</summary>
/// <param name="Iteration">Steps done.</param>
/// <param name="Iterations">Steps in all.</param>
/// <param name="Divergence">KL(P ‖ Q) in nats, with Barnes and Hut's estimate of Q's sum.</param>
public readonly record struct TSneProgress(int Iteration, int Iterations, double Divergence);

/// <summary>A t-SNE map.</summary>
/// <param name="X">The points' first coordinates, <c>[n]</c>.</param>
/// <param name="Y">The points' second coordinates, <c>[n]</c>.</param>
/// <param name="Divergence">KL(P ‖ Q) at the map in nats, Q exact.</param>
public sealed record TSneMap(double[] X, double[] Y, double Divergence);

/// <summary>Barnes–Hut t-SNE into the plane.</summary>
/// <remarks>
/// Gradient descent on KL(P ‖ Q) with early exaggeration, momentum and per-coordinate gains, from
/// the first two principal components scaled to a standard deviation of 1e-4 (the map's large-scale
/// order then is that of the data). Deterministic: the same seed gives the same bits for any number
/// of threads. Only neighbourhoods carry meaning; distances, sizes and densities of clusters do
/// not. van der Maaten (2014); start and step size after Kobak and Berens (2019) and Belkina et al.
/// (2019).
/// </remarks>
public static class TSne
{
    private const double StartDeviation = 1e-4;
    private const double NoiseDeviation = 1e-6;
    private const double SmallestGain = 0.01;
    private const int StepsPerReport = 25;

    /// <summary>Lays out the rows of <c>float32 [n, d]</c>.</summary>
    /// <exception cref="ShapeException">It is not a matrix of at least two rows.</exception>
    /// <exception cref="ArgumentException">A value is not finite, or an option is out of range; the
    /// perplexity must be below the number of neighbours, <c>min(n − 1, 3 ·
    /// perplexity)</c>.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TSneMap Of(
        Tensor<float> matrix, TSneOptions? options = null, IProgress<TSneProgress>? progress = null,
        CancellationToken cancellation = default) =>
        Of(EmbeddingRows.All("TSne", matrix), options ?? new TSneOptions(), progress, cancellation);

    /// <summary>Lays out chosen rows of <c>float32 [n, d]</c>.</summary>
    /// <inheritdoc cref="Of(Tensor{float}, TSneOptions?, IProgress{TSneProgress}?, CancellationToken)"/>
    public static TSneMap Of(
        Tensor<float> matrix, ReadOnlySpan<int> ids, TSneOptions? options = null,
        IProgress<TSneProgress>? progress = null, CancellationToken cancellation = default) =>
        Of(EmbeddingRows.Chosen("TSne", matrix, ids), options ?? new TSneOptions(), progress,
            cancellation);

    /// <summary>The divergence and its gradient at a given layout.</summary>
    /// <param name="affinities">P.</param>
    /// <param name="x">First coordinates, <c>[n]</c>.</param>
    /// <param name="y">Second coordinates, <c>[n]</c>.</param>
    /// <param name="theta">As <see cref="TSneOptions.Theta"/>; 0 is exact.</param>
    /// <returns>KL(P ‖ Q) in nats, and ∂KL/∂x and ∂KL/∂y.</returns>
    /// <exception cref="ArgumentException">The lengths differ from the number of points, or θ is
    /// out of range.</exception>
    internal static (double Divergence, double[] GradientX, double[] GradientY) Evaluate(
        TSneAffinities affinities, double[] x, double[] y, double theta = 0)
    {
        CheckTheta(theta);
        if (x.Length != affinities.Count || y.Length != affinities.Count)
        {
            throw new ArgumentException(
                $"TSne: a layout needs two coordinates for each of {affinities.Count} points; got "
                + $"{x.Length} and {y.Length}.");
        }

        var gradient = new TSneGradient(affinities);
        double[] gradientX = new double[x.Length];
        double[] gradientY = new double[x.Length];
        double logNormaliser = gradient.Compute(x, y, theta, 1, gradientX, gradientY);
        return (gradient.Divergence(x, y, logNormaliser), gradientX, gradientY);
    }

    private static TSneMap Of(
        EmbeddingRows rows, TSneOptions options, IProgress<TSneProgress>? progress,
        CancellationToken cancellation)
    {
        Check(options);
        TSneAffinities affinities = TSneAffinities.Of(rows, options.Perplexity, null, cancellation);
        (double[] x, double[] y) = Start(rows, options.Seed);
        Descend(affinities, x, y, options, progress, cancellation);
        return new TSneMap(x, y, Evaluate(affinities, x, y).Divergence);
    }

    private static void Descend(
        TSneAffinities affinities, double[] x, double[] y, TSneOptions options,
        IProgress<TSneProgress>? progress, CancellationToken cancellation)
    {
        int n = x.Length;
        var gradient = new TSneGradient(affinities);
        double rate = options.LearningRate ?? Math.Max(n / (4 * options.Exaggeration), 50);
        double[] gradientX = new double[n];
        double[] gradientY = new double[n];
        var motionX = new Motion(n);
        var motionY = new Motion(n);
        for (int step = 0; step < options.Iterations; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            bool early = step < options.ExaggerationIterations;
            double logNormaliser = gradient.Compute(
                x, y, options.Theta, early ? options.Exaggeration : 1, gradientX, gradientY);
            if (progress is not null && step > 0 && step % StepsPerReport == 0)
            {
                progress.Report(new TSneProgress(
                    step, options.Iterations, gradient.Divergence(x, y, logNormaliser)));
            }

            motionX.Step(x, gradientX, rate, early ? 0.5 : 0.8);
            motionY.Step(y, gradientY, rate, early ? 0.5 : 0.8);
        }
    }

    private static (double[] X, double[] Y) Start(EmbeddingRows rows, ulong seed)
    {
        var pca = Pca.Of(rows);
        int components = Math.Min(2, rows.Columns);
        double[] projected = pca.Project(components);
        double scale = pca.ExplainedVariance[0] > 0
            ? StartDeviation / Math.Sqrt(pca.ExplainedVariance[0])
            : 0;
        using Tensor<float> noise = Tensor.Empty<float>([2, rows.Count]);
        Ops.RandomNormal(noise, seed, standardDeviation: (float)NoiseDeviation);
        double[] x = new double[rows.Count];
        double[] y = new double[rows.Count];
        for (int i = 0; i < rows.Count; i++)
        {
            double second = components == 2 ? projected[(i * 2) + 1] : 0;
            x[i] = (scale * projected[i * components]) + noise[0, i];
            y[i] = (scale * second) + noise[1, i];
        }

        return (x, y);
    }

    private static void Check(TSneOptions options)
    {
        CheckTheta(options.Theta);
        if (options.Iterations < 1 || options.ExaggerationIterations < 0
            || !(options.Exaggeration >= 1)
            || options.LearningRate is { } rate && !(rate > 0 && double.IsFinite(rate)))
        {
            throw new ArgumentException(
                "TSne: iterations must be at least 1, exaggeration at least 1 for 0 or more "
                + "iterations, and "
                + $"the learning rate above 0; got {options}.", nameof(options));
        }
    }

    private static void CheckTheta(double theta)
    {
        // Above 1/√2 a cell could stand for the very point that it repels.
        if (!(theta is >= 0 and <= 0.7))
        {
            throw new ArgumentException(
                FormattableString.Invariant($"TSne: theta must be 0 … 0.7; got {theta}."),
                nameof(theta));
        }
    }

    /// <summary>The velocities and gains of one coordinate (Jacobs, 1988).</summary>
    private sealed class Motion
    {
        private readonly double[] _velocity;
        private readonly double[] _gain;

        public Motion(int count)
        {
            _velocity = new double[count];
            _gain = new double[count];
            Array.Fill(_gain, 1);
        }

        public void Step(double[] place, double[] gradient, double rate, double momentum)
        {
            double mean = 0;
            for (int i = 0; i < place.Length; i++)
            {
                bool turned = (_velocity[i] > 0) == (gradient[i] > 0);
                _gain[i] = Math.Max(SmallestGain, turned ? _gain[i] * 0.8 : _gain[i] + 0.2);
                _velocity[i] = (momentum * _velocity[i]) - (rate * _gain[i] * gradient[i]);
                place[i] += _velocity[i];
                mean += place[i];
            }

            mean /= place.Length;
            for (int i = 0; i < place.Length; i++)
            {
                place[i] -= mean;
            }
        }
    }
}
