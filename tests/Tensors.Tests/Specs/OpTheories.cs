using System.Reflection;

namespace Vitrine.Tensors.Tests.Specs;

/// <summary>The questions every op answers.</summary>
public class OpTheories
{
    private static readonly OpSpec[] Specs = [.. typeof(OpSpec).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(OpSpec)) && !type.IsAbstract)
        .Select(type => (OpSpec)Activator.CreateInstance(type)!)
        .OrderBy(spec => spec.Op, StringComparer.Ordinal)];

    public static TheoryData<string> Names => [.. Specs.Select(spec => spec.Op)];

    public static TheoryData<string> NamesThatAccumulate => [.. typeof(Ops).GetMethods()
        .Where(op => op.GetParameters().Any(parameter => parameter.Name == "accumulate"))
        .Select(op => op.Name)];

    internal static OpSpec Named(string op) => Specs.Single(spec => spec.Op == op);

    [Fact]
    public void Every_public_op_has_one_spec()
    {
        const BindingFlags Declared =
            BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<string> ops = typeof(Ops).GetMethods(Declared).Select(method => method.Name);
        Assert.Equal(ops.Distinct().Order(StringComparer.Ordinal), Specs.Select(spec => spec.Op));
        Assert.All(Specs, spec => Assert.NotEmpty(spec.AtLength(17)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Equals_the_reference_on_samples(string op)
    {
        OpSpec spec = Named(op);
        Assert.NotEmpty(spec.Samples());
        foreach (OpCase sample in spec.Samples())
        {
            CheckForward(spec, sample);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Equals_the_reference_at_every_length(string op)
    {
        OpSpec spec = Named(op);
        for (int n = 0; n <= 256; n++)
        {
            foreach (OpCase sample in spec.AtLength(n))
            {
                CheckForward(spec, sample with { Name = $"{sample.Name}, length {n}" });
            }
        }

        foreach (OpCase sample in spec.AtLength(OpSpec.LargePrime))
        {
            CheckForward(spec, sample with { Name = $"{sample.Name}, length {OpSpec.LargePrime}" });
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Survives_its_hazards(string op)
    {
        OpSpec spec = Named(op);
        OpCase[] hazards = [.. spec.Hazards()];
        ListedOrExplained($"{op}: Hazards", hazards.Length, spec.NoHazards);
        foreach (OpCase hazard in hazards)
        {
            CheckForward(spec, hazard);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Adds_to_a_destination_that_is_not_zero(string op)
    {
        OpSpec spec = Named(op);
        foreach (OpCase sample in spec.Samples().Where(sample => sample.TakesAccumulate))
        {
            Values expected = sample.Reference(sample.Inputs);
            Values before = Values.Normal(expected.Shape, 99, 3);
            foreach (string layout in Layouts.Names.Prepend("contiguous"))
            {
                using Tensor<float> start = before.ToTensor();
                (Tensor<float> into, Tensor<float> memory) = layout == "contiguous"
                    ? (start, start)
                    : Layouts.Empty(layout, expected.Shape);
                into.CopyFrom(start);
                Tensor<float>[] inputs = [.. sample.Inputs.Select(input => input.ToTensor())];
                int version = into.Version;
                Tensor<float> result = sample.Run(inputs, into, true);
                Assert.Same(into, result);
                Assert.True(into.Version > version, $"{op}: the write did not raise the version.");
                var sum = new Values(expected.Shape);
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] = before[i] + expected[i];
                }

                Tolerance base_ = sample.Tolerance ?? spec.Tolerance;
                Tolerance tolerance =
                    base_ with { Relative = base_.Relative + (2 * Tolerance.Rounding) };
                tolerance.Check(
                    $"{op}, {sample.Name}, accumulated, {layout}", sum, Values.Of(into), before);
                if (layout != "contiguous")
                {
                    Layouts.CheckGuards($"{op}, {sample.Name}, {layout}", into, memory);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(NamesThatAccumulate))]
    public void Refuses_to_add_to_nothing(string op)
    {
        OpCase sample = Named(op).Samples().First(sample => sample.TakesAccumulate);
        Tensor<float>[] inputs = [.. sample.Inputs.Select(input => input.ToTensor())];
        var refused = Assert.Throws<ArgumentException>(() => sample.Run(inputs, null, true));
        Assert.StartsWith(
            $"{op}: accumulate needs a tensor to add to; got into = null; pass into, or leave "
            + "accumulate out.", refused.Message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Strided_views_equal_contiguous_tensors(string op)
    {
        OpSpec spec = Named(op);
        foreach (OpCase sample in spec.Samples().Where(sample => sample.TakesViews))
        {
            Values expected = RunContiguous(sample);
            foreach (string layout in Layouts.Names)
            {
                Tensor<float>[] inputs =
                    [.. sample.Inputs.Select(input => Layouts.Of(layout, input))];
                using Tensor<float> result = sample.Run(inputs, null, false);
                Same(spec, sample, $"{layout} inputs", expected, Values.Of(result), sample.Inputs);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Writes_strided_destinations_and_nothing_beside_them(string op)
    {
        OpSpec spec = Named(op);
        foreach (OpCase sample in spec.Samples().Where(sample => sample.TakesInto))
        {
            Values expected = RunContiguous(sample);
            foreach (string layout in Layouts.Names)
            {
                (Tensor<float> into, Tensor<float> memory) = Layouts.Empty(layout, expected.Shape);
                Tensor<float>[] inputs = [.. sample.Inputs.Select(input => input.ToTensor())];
                int version = into.Version;
                Assert.Same(into, sample.Run(inputs, into, false));
                Assert.True(into.Version > version, $"{op}: the write did not raise the version.");
                Same(
                    spec, sample, $"{layout} destination", expected, Values.Of(into),
                    sample.Inputs);
                Layouts.CheckGuards($"{op}, {sample.Name}, {layout}", into, memory);
                memory.Dispose();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Broadcast_views_equal_copies_of_them(string op)
    {
        OpSpec spec = Named(op);
        foreach (OpCase sample in spec.Samples().Where(sample => sample.TakesViews))
        {
            for (int input = 0; input < sample.Inputs.Length; input++)
            {
                for (int axis = 0; axis < sample.Inputs[input].Shape.Rank; axis++)
                {
                    if (sample.Inputs[input].Shape[axis] == 0)
                    {
                        continue;
                    }

                    Tensor<float>[] tensors =
                        [.. sample.Inputs.Select(values => values.ToTensor())];
                    tensors[input] = tensors[input].Slice(axis, 0, 1).BroadcastTo(
                        tensors[input].Shape);
                    Values[] copies = [.. tensors.Select(Values.Of)];
                    Values expected = RunContiguous(sample with { Inputs = copies });
                    using Tensor<float> result = sample.Run(tensors, null, false);
                    Same(
                        spec, sample, $"input {input} stretched along {axis}", expected,
                        Values.Of(result), copies);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_equals_central_differences_of_the_reference(string op)
    {
        OpSpec spec = Named(op);
        if (op.EndsWith("Backward", StringComparison.Ordinal))
        {
            Assert.NotEmpty(spec.Gradients());
        }

        foreach (GradientCase gradient in spec.Gradients())
        {
            Values y = gradient.Forward(gradient.X);
            Values cotangent = Values.Normal(y.Shape, 4242);
            Values expected = Differences(gradient, cotangent);
            using Tensor<float> x = gradient.X.ToTensor();
            using Tensor<float> result = y.ToTensor();
            using Tensor<float> dY = cotangent.ToTensor();
            using Tensor<float> dX = gradient.Backward(x, result, dY);
            double largest = expected.Data.Max(Math.Abs);
            var tolerance = new Tolerance(
                0, spec.GradientTolerance * largest, "differences, float32 kernels");
            tolerance.Check($"{op}, {gradient.Name}", expected, Values.Of(dX));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Refuses_what_is_wrong_in_the_words_of_the_spec(string op)
    {
        ErrorCase[] errors = [.. Named(op).Errors()];
        ListedOrExplained($"{op}: Errors", errors.Length, Named(op).NoErrors);
        foreach (ErrorCase error in errors)
        {
            Exception? thrown = Record.Exception(error.Call);
            Assert.True(thrown is not null, $"{op}: {error.Name} was accepted.");
            Assert.Equal(error.Type, thrown.GetType());
            Assert.StartsWith(error.Message, thrown.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>An empty list passes any theory; it must say why it is empty.</summary>
    private static void ListedOrExplained(string what, int count, string? reason) => Assert.True(
        count > 0 == reason is null && reason is not "",
        $"{what} must list cases, or the spec say why there are none; got {count} and "
        + $"{reason ?? "no reason"}.");

    internal static Values RunContiguous(OpCase sample)
    {
        Tensor<float>[] inputs = [.. sample.Inputs.Select(input => input.ToTensor())];
        using Tensor<float> result = sample.Run(inputs, null, false);
        Values values = Values.Of(result);
        foreach (Tensor<float> input in inputs)
        {
            input.Dispose();
        }

        return values;
    }

    private static void CheckForward(
        OpSpec spec, OpCase sample) => (sample.Tolerance ?? spec.Tolerance).Check(
        $"{spec.Op}, {sample.Name}", sample.Reference(sample.Inputs), RunContiguous(sample));

    private static void Same(
        OpSpec spec, OpCase sample, string how, Values expected, Values actual, Values[] inputs)
    {
        string what = $"{spec.Op}, {sample.Name}, {how}";
        if (sample.ViewsKeepBits)
        {
            Tolerance.Exact.Check(what, expected, actual);
        }
        else
        {
            (sample.Tolerance ?? spec.Tolerance).Check(what, sample.Reference(inputs), actual);
        }
    }

    /// <summary>gᵢ = Σⱼ cⱼ (f(x + h eᵢ) − f(x − h eᵢ))ⱼ / 2h, in float64.</summary>
    private static Values Differences(GradientCase gradient, Values cotangent)
    {
        var result = new Values(gradient.X.Shape);
        Values x = gradient.X.Clone();
        for (int i = 0; i < x.Length; i++)
        {
            double at = x[i];
            double h = 1e-5 * Math.Max(1, Math.Abs(at));
            x[i] = at + h;
            Values above = gradient.Forward(x);
            x[i] = at - h;
            Values below = gradient.Forward(x);
            x[i] = at;
            for (int j = 0; j < above.Length; j++)
            {
                result[i] += cotangent[j] * (above[j] - below[j]) / (2 * h);
            }
        }

        return result;
    }
}
