using Vitrine.Tensors.Tests.Specs;

namespace Vitrine.Tensors.Tests.Devices;

/// <summary>A tensor on a second device: copies go through the device, ops refuse it by name, and
/// the CPU never follows an address of it.</summary>
public class DeviceSeamTests
{
    public static TheoryData<string> Ops => OpTheories.Names;

    [Theory]
    [MemberData(nameof(Ops))]
    public void An_op_refuses_an_operand_on_another_device(string op)
    {
        var fake = new FakeDevice();
        foreach (OpCase sample in Named(op))
        {
            for (int moved = 0; moved < sample.Inputs.Length; moved++)
            {
                Tensor<float>[] inputs = [.. sample.Inputs.Select(values => values.ToTensor())];
                inputs[moved] = inputs[moved].To(fake);
                if (IsUnused(sample, moved))
                {
                    continue;
                }

                Refused(
                    op, () => sample.Run(inputs, null, false), mixed: inputs.Length > 1,
                    $"{sample.Name}, input {moved}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void An_op_refuses_a_device_without_a_kernel(string op)
    {
        var fake = new FakeDevice();
        foreach (OpCase sample in Named(op).Where(sample => sample.Inputs.Length > 0))
        {
            Tensor<float>[] inputs =
                [.. sample.Inputs.Select(values => values.ToTensor().To(fake))];
            Refused(op, () => sample.Run(inputs, null, false), mixed: false);
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void An_op_refuses_a_destination_on_another_device(string op)
    {
        var fake = new FakeDevice();
        foreach (OpCase sample in Named(op).Where(sample => sample.TakesInto))
        {
            Tensor<float>[] inputs = [.. sample.Inputs.Select(values => values.ToTensor())];
            using Tensor<float> into =
                Tensor.Zeros<float>(sample.Reference(sample.Inputs).Shape, fake);
            Refused(op, () => sample.Run(inputs, into, false), mixed: inputs.Length > 0);
            Assert.All(into.ToArray(), value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void Elements_come_and_go_through_the_device()
    {
        var fake = new FakeDevice();
        using Tensor<float> host = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3]);
        using Tensor<float> there = host.To(fake);
        Assert.Equal("fake", there.Device.Name);
        Assert.Equal([1, 2, 3, 4, 5, 6], there.ToArray());
        Assert.Equal([4, 5, 6], there.Slice(0, 1, 1).ToArray());
        using Tensor<float> copy = there.Clone();
        copy.Slice(0, 0, 1).Fill(7);
        copy.Slice(0, 1, 1).CopyFrom(there.Slice(0, 0, 1));
        using Tensor<float> back = copy.To(Device.Cpu);
        Assert.Equal([7, 7, 7, 1, 2, 3], back.ToArray());
        back.Slice(1, 1, 1).CopyFrom(there.Slice(0, 1, 1).Reshape(3, 1).Slice(0, 0, 2));
        Assert.Equal([7, 4, 7, 1, 5, 3], back.ToArray());
        Assert.Equal(5, there.Select(0, 1).Slice(0, 1, 1).Scalar());
        Assert.Same(there.To(fake).Device, there.Device);
        Assert.True(there.To(fake).IsView);
        Assert.Equal("float32 [2, 3] on fake", there.ToString());
    }

    [Fact]
    public void Memory_goes_back_to_the_device_it_came_from()
    {
        var fake = new FakeDevice();
        Tensor<int> there = Tensor.From<int>([1, 2], [2], fake);
        Assert.Equal(8, fake.BytesInUse);
        Tensor<int> host = there.MoveTo(Device.Cpu);
        Assert.Equal(0, fake.BytesInUse);
        Assert.True(there.IsDisposed);
        Assert.Same(host, host.MoveTo(Device.Cpu));
        host.Dispose();
    }

    [Fact]
    public void The_CPU_does_not_read_or_write_elements_of_another_device()
    {
        var fake = new FakeDevice();
        using Tensor<float> there = Tensor.Zeros<float>([2, 2], fake);
        foreach (Action touch in (Action[])[
            () => _ = there.Span.Length, () => _ = there.WritableSpan.Length,
            () => _ = there[0, 0], () => there[0, 0] = 1, () => Pointer(there)])
        {
            var refused = Assert.Throws<InvalidOperationException>(touch);
            Assert.Contains("on device 'fake'", refused.Message);
            Assert.Contains(".To(Device.Cpu)", refused.Message);
        }

        Assert.Contains(
            "contiguous",
            Assert.Throws<NotSupportedException>(() => there.Transpose().ToArray()).Message);

        static unsafe void Pointer(Tensor<float> tensor) => _ = (nint)tensor.Pointer;
    }

    [Fact]
    public void Two_devices_are_named_in_the_refusal()
    {
        using Tensor<float> a = Tensor.Zeros<float>([2, 3]);
        using Tensor<float> b = Tensor.Zeros<float>([2, 3], new FakeDevice("other"));
        Assert.Equal(
            "Add: all operands must be on one device; got [2, 3] on cpu, [2, 3] on other; move "
            + "them with .To(device).",
            Assert.Throws<InvalidOperationException>(() => Vitrine.Tensors.Ops.Add(a, b)).Message);
        Assert.Equal(
            "Negate: there is no kernel for device 'other'; move the operands with "
            + ".To(Device.Cpu).",
            Assert.Throws<NotSupportedException>(() => Vitrine.Tensors.Ops.Negate(b)).Message);
    }

    private static IEnumerable<OpCase> Named(string op) => OpTheories.Named(op).Samples();

    /// <summary>Whether a case has an input that its call leaves out, or a result of nothing, on
    /// which that cannot be seen.</summary>
    private static bool IsUnused(OpCase sample, int input)
    {
        Tensor<float>[] inputs = [.. sample.Inputs.Select(values => values.ToTensor())];
        using Tensor<float> result = sample.Run(inputs, null, false);
        inputs[input].Fill(float.NaN);
        using Tensor<float> same = sample.Run(inputs, null, false);
        return inputs.Length > 1
            && result.ToArray().SequenceEqual(same.ToArray());
    }

    /// <summary>By the op, or by the op or copy that a case calls first.</summary>
    private static void Refused(
        string op, Func<Tensor<float>> run, bool mixed, string name = "")
    {
        Exception? refusal = Record.Exception(() => run().Dispose());
        Assert.True(
            refusal is NotSupportedException
            || (refusal is InvalidOperationException && refusal.Message.Contains("one device")),
            $"{op}, {name}: {refusal?.Message ?? "not refused"}");
        Assert.True(
            !mixed || refusal is InvalidOperationException
            || refusal!.Message.StartsWith("CopyFrom: device 'fake'", StringComparison.Ordinal),
            $"{op}, {name}: {refusal?.Message ?? "not refused"}");
    }
}
