namespace Vitrine.Tensors.Tests.Specs;

/// <summary>How far a float32 result may be from the float64 reference, and why.</summary>
/// <param name="Relative">Allowed error in parts of the expected value.</param>
/// <param name="Absolute">Allowed error beside that.</param>
/// <param name="Reason">Where the error comes from.</param>
public sealed record Tolerance(double Relative, double Absolute, string Reason)
{
    /// <summary>Half a unit in the last place of a float32.</summary>
    public const double Rounding = 1.0 / (1 << 24);

    public static Tolerance Exact { get; } = new(0, 0, "copies or picks values");

    public static Tolerance OneRounding { get; } =
        new(1.01 * Rounding, 1e-45, "one IEEE operation, or float64 rounded once");

    /// <summary>Fails with op, case and element when a value is too far from the reference.
    /// <paramref name="scale"/> is added to the magnitude that the relative part refers
    /// to.</summary>
    public void Check(string what, Values expected, Values actual, Values? scale = null)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        for (int i = 0; i < expected.Length; i++)
        {
            double e = (float)expected[i];
            double a = actual[i];
            if (e.Equals(a))
            {
                continue;
            }

            // An error in parts of an infinite or undefined value would allow anything.
            Assert.True(double.IsFinite(e), $"{what}: element {i} is {a:R}, expected {e:R}.");
            double magnitude = Math.Abs(expected[i]) + (scale is null ? 0 : Math.Abs(scale[i]));
            double allowed = Absolute + (Relative * magnitude);
            double error = Math.Abs(a - expected[i]);
            Assert.True(
                error <= allowed,
                $"{what}: element {i} is {a:R}, expected {expected[i]:R}; error {error:g3}, "
                + $"allowed {allowed:g3}.");
        }
    }
}

/// <summary>One call of an op with given inputs, its result, and the float64 reference of
/// that.</summary>
/// <param name="Name">What the case is about.</param>
/// <param name="Inputs">The float32 inputs; integers and settings are captured by the
/// delegates.</param>
/// <param name="Run">Calls the op: (inputs, into, accumulate) → the result under test. Must not
/// keep or change the inputs: an op that updates in place gets clones.</param>
/// <param name="Reference">The same from the formula, in plain loops over float64.</param>
public sealed record OpCase(
    string Name,
    Values[] Inputs,
    Func<Tensor<float>[], Tensor<float>?, bool, Tensor<float>> Run,
    Func<Values[], Values> Reference)
{
    /// <summary>A case of one of the gradients that an op adds to what is there.</summary>
    /// <param name="name">What the case is about.</param>
    /// <param name="inputs">As <see cref="Inputs"/>.</param>
    /// <param name="shape">Of the gradient.</param>
    /// <param name="add">Calls the op with the inputs and that gradient's buffer.</param>
    /// <param name="reference">As <see cref="Reference"/>.</param>
    public static OpCase Gradient(
        string name, Values[] inputs, Shape shape, Action<Tensor<float>[], Tensor<float>> add,
        Func<Values[], Values> reference) => new(
            name,
            inputs,
            (x, into, accumulate) =>
            {
                Tensor<float> gradient = into ?? Tensor.Empty<float>(shape);
                if (!accumulate)
                {
                    gradient.Fill(0);
                }

                add(x, gradient);
                return gradient;
            },
            reference)
        {
            TakesAccumulate = true,
        };

    /// <summary>Whether the op writes to a given destination: then it is also run into a strided
    /// one, and must allocate nothing there.</summary>
    public bool TakesInto { get; init; } = true;

    /// <summary>Whether the op can add to the destination.</summary>
    public bool TakesAccumulate { get; init; }

    /// <summary>Whether inputs may be strided and broadcast views.</summary>
    public bool TakesViews { get; init; } = true;

    /// <summary>Whether a strided view must give the same bits as a contiguous tensor; if not, it
    /// must give the reference within the tolerance.</summary>
    public bool ViewsKeepBits { get; init; } = true;

    /// <summary>How many tensors a call makes when no destination is given, its result
    /// included.</summary>
    public int NewTensors { get; init; } = 1;

    /// <summary>A tolerance of its own, where the spec's does not fit.</summary>
    public Tolerance? Tolerance { get; init; }
}

/// <summary>A *Backward op held against central differences of the float64 forward
/// reference.</summary>
/// <param name="Name">What the case is about.</param>
/// <param name="X">The input that the gradient is taken with respect to.</param>
/// <param name="Forward">The forward reference as a function of that input.</param>
/// <param name="Backward">Calls the op: (x, y, dY) → dX, with y = Forward(x) rounded to
/// float32.</param>
public sealed record GradientCase(
    string Name,
    Values X,
    Func<Values, Values> Forward,
    Func<Tensor<float>, Tensor<float>, Tensor<float>, Tensor<float>> Backward);

/// <summary>A call that must be refused, and the words of the refusal.</summary>
public sealed record ErrorCase(string Name, Action Call, string Message)
{
    public Type Type { get; init; } = typeof(ShapeException);
}
